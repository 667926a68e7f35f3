"""Dynamic-range int4: half of int8's bytes, at a price that the proof shows."""

from __future__ import annotations

from typing import Any

from edgernn.convert.litert_quantizer_bridge import quantize_weights
from edgernn.convert.recipes.base import Bounds, Recipe, Samples
from edgernn.convert.recipes.weight_only_wi8 import ONLY_CURRENT


class DynamicWi4(Recipe):
    """Weights as 4-bit integers; activations quantized to 8 bits as they come."""

    name = "dynamic_wi4"
    summary = "weights in 4-bit integers; activations quantized on the fly, states and outputs in 32-bit float"
    bounds = Bounds(max_error=0.6, mean_error=8e-2, device=3e-2)
    refused_targets = ONLY_CURRENT

    def configure(self, converter: Any, samples: Samples) -> None:
        """Nothing to set: the float model is rewritten."""

    def finish(self, model: bytes) -> bytes:
        """See base."""
        from litert_quantizer import recipe

        return quantize_weights(model, recipe.dynamic_wi4_afp32())
