"""Half the file, float32 arithmetic."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples


class Float16(Recipe):
    """Weights as 16-bit floats, expanded when the model is loaded."""

    name = "float16"
    summary = "weights in 16-bit floating point, expanded to 32 bits at load; arithmetic in 32 bits"
    bounds = Bounds(max_error=1e-2, mean_error=1e-3, device=1e-4)

    def configure(self, converter: Any, samples: Samples) -> None:
        """See base."""
        import tensorflow as tf

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
