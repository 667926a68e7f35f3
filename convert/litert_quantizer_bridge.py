"""Calls litert-quantizer, which rewrites the weights of a finished float model."""

from __future__ import annotations

import contextlib
import io
from typing import Any

from edgernn.convert.embedding_lookup import use_embedding_lookup
from edgernn.convert.errors import ConversionError


def quantize_weights(model: bytes, recipe: Any) -> bytes:
    """The model with its weights stored as `recipe` (of `litert_quantizer.recipe`) says.

    Raises:
      ConversionError: the quantizer refuses the model.
    """
    from litert_quantizer import quantizer

    with contextlib.redirect_stdout(io.StringIO()):
        try:
            worker = quantizer.Quantizer(bytearray(use_embedding_lookup(model)))
            worker.load_quantization_recipe(recipe)
            result = worker.quantize()
        except (RuntimeError, ValueError, KeyError, IndexError, TypeError) as error:
            message = " ".join(str(error).split())[:300]
            raise ConversionError(f"litert-quantizer refuses this model: {message}") from error
    return bytes(result.quantized_model)
