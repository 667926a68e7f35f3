"""Dynamic-range int8: the smallest change that makes a model four times smaller and faster."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples


class DynamicWi8(Recipe):
    """Weights as 8-bit integers; activations are quantized as they come, products summed in integers."""

    name = "dynamic_wi8"
    summary = "weights in 8-bit integers; activations quantized on the fly, states and outputs in 32-bit float"
    bounds = Bounds(max_error=0.25, mean_error=2e-2, device=2e-2)

    def configure(self, converter: Any, samples: Samples) -> None:
        """See base."""
        import tensorflow as tf

        converter.optimizations = [tf.lite.Optimize.DEFAULT]

    def finish(self, model: bytes) -> bytes:
        """See base."""
        from edgernn.convert.tied_tables import share_tied_tables

        return share_tied_tables(model)
