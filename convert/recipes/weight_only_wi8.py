"""8-bit weights, float arithmetic: where int8 products cost too much accuracy."""

from __future__ import annotations

from typing import Any

from edgernn.convert.litert_quantizer_bridge import quantize_weights
from edgernn.convert.recipes.base import Bounds, Recipe, Samples

ONLY_CURRENT = {"tflite-runtime": "its operator versions are newer than tflite-runtime 2.14"}


class WeightOnlyWi8(Recipe):
    """Weights as 8-bit integers, expanded to float32 before they are used."""

    name = "weight_only_wi8"
    summary = "weights in 8-bit integers, expanded to 32-bit float before use; arithmetic in 32-bit float"
    bounds = Bounds(max_error=0.1, mean_error=1e-2, device=1e-4)
    refused_targets = ONLY_CURRENT

    def configure(self, converter: Any, samples: Samples) -> None:
        """Nothing to set: the float model is rewritten."""

    def finish(self, model: bytes) -> bytes:
        """See base."""
        from litert_quantizer import recipe

        return quantize_weights(model, recipe.weight_only_wi8_afp32())
