"""No quantization."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples


class Float32(Recipe):
    """Weights and arithmetic as Keras has them."""

    name = "float32"
    summary = "weights and arithmetic in 32-bit floating point"
    bounds = Bounds(max_error=1e-5, mean_error=2e-6, device=1e-4)

    def configure(self, converter: Any, samples: Samples) -> None:
        """Nothing to set."""
