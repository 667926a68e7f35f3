"""Of an encoder and a decoder: the encoder in integers by measured ranges, the decoder's step dynamically."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples
from edgernn.convert.recipes.dynamic_wi8 import DynamicWi8
from edgernn.convert.recipes.static_int8 import StaticInt8


class StaticEncoderInt8(Recipe):
    """For captioners: dynamic kernels make a convolutional network slower than float, static ones twice as fast."""

    name = "static_encoder_int8"
    summary = (
        "encoder: weights and activations in 8-bit integers by calibrated ranges; decoder: weights in 8-bit integers, "
        "activations quantized on the fly; memory, states and outputs in 32-bit float"
    )
    bounds = Bounds(max_error=0.3, mean_error=3e-2, device=5e-2)
    calibrated = True
    parts = {"encode": StaticInt8(), "step": DynamicWi8()}  # noqa: RUF012 - a class's declaration, never changed

    def configure(self, converter: Any, samples: Samples) -> None:
        """Never called: each part has a recipe of its own."""
        raise NotImplementedError
