"""The quantization recipes: one file and one line each. Importing them does not import TensorFlow."""

from __future__ import annotations

from edgernn.convert.recipes.base import Bounds, Recipe
from edgernn.convert.recipes.dynamic_wi4 import DynamicWi4
from edgernn.convert.recipes.dynamic_wi8 import DynamicWi8
from edgernn.convert.recipes.float16 import Float16
from edgernn.convert.recipes.float32 import Float32
from edgernn.convert.recipes.static_encoder_int8 import StaticEncoderInt8
from edgernn.convert.recipes.static_int8 import StaticInt8
from edgernn.convert.recipes.static_int16x8 import StaticInt16x8
from edgernn.convert.recipes.weight_only_wi8 import WeightOnlyWi8
from edgernn.edge_runtime.errors import InputError

__all__ = ["AUTO", "AUTO_BOUNDS", "RECIPES", "Bounds", "Recipe", "find_recipe"]

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Float32(),
        Float16(),
        DynamicWi8(),
        WeightOnlyWi8(),
        DynamicWi4(),
        StaticInt8(),
        StaticInt16x8(),
        StaticEncoderInt8(),
    )
}
# What "auto" tries, smallest file first.
AUTO = ("dynamic_wi4", "dynamic_wi8", "float16", "float32")
# Where no metric tells what an error costs, "auto" takes none that strays further than int8 may.
AUTO_BOUNDS = RECIPES["dynamic_wi8"].bounds


def find_recipe(name: str) -> Recipe:
    """The recipe of this name.

    Raises:
      InputError: there is none; the message lists them.
    """
    if name not in RECIPES:
        raise InputError(f"unknown recipe {name!r}: choose one of {', '.join(RECIPES)}, auto")
    return RECIPES[name]
