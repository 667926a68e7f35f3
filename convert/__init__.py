"""Turns a trained Keras model into a checked, quantized one-file bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgernn.convert.errors import ConversionError

if TYPE_CHECKING:
    from edgernn.convert.api import ProofFailed, Result, convert

__all__ = ["ConversionError", "ProofFailed", "Result", "convert"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import edgernn.convert.api as api

    return getattr(api, name)
