"""Opens the small bundles."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from edgernn.devices.conformance.plain import FLOAT_TOLERANCE
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.model import Model

M = TypeVar("M", bound=Model)
_EXACT_RECIPES = ("float32", "float16")


def path_of(folder: Path, name: str) -> Path:
    """A bundle's file."""
    return folder / f"{name}.tflite"


def opened(folder: Path, name: str, kind: type[M]) -> M:
    """A bundle as the class of its task.

    Args:
      folder: of the small bundles.
      name: without ".tflite".
      kind: that it must be.

    Raises:
      InputError: it is of another task.
    """
    model = _loaded(path_of(folder, name))
    if not isinstance(model, kind):
        raise InputError(f"{path_of(folder, name)}: expected a bundle for {kind.__name__}: make the fixtures again")
    return model


def bundle_tolerance(model: Model) -> float:
    """How far another engine's outputs may stray, as a part of the outputs' scale."""
    exact = model.manifest.quantization.recipe in _EXACT_RECIPES
    return FLOAT_TOLERANCE if exact else model.manifest.golden.tolerance


@lru_cache(maxsize=32)
def _loaded(path: Path) -> Model:
    return load(path)
