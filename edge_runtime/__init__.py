"""Runs EdgeRNN bundles with NumPy and a TFLite runtime, nothing heavier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.errors import (
    BundleError,
    CheckFailed,
    EdgeRNNError,
    InputError,
    RuntimeUnavailable,
)

if TYPE_CHECKING:
    from edgernn.edge_runtime.loading import load
    from edgernn.edge_runtime.model import Model
    from edgernn.edge_runtime.session import Session
    from edgernn.edge_runtime.tag.outcome import Entity, Tagging, Token
    from edgernn.edge_runtime.tasks.classify import Category, TextClassifier
    from edgernn.edge_runtime.tasks.forecast import Forecast, Forecaster
    from edgernn.edge_runtime.tasks.lm import LanguageModel
    from edgernn.edge_runtime.tasks.tag import SequenceTagger

__all__ = [
    "BundleError",
    "Category",
    "CheckFailed",
    "EdgeRNNError",
    "Entity",
    "Forecast",
    "Forecaster",
    "InputError",
    "LanguageModel",
    "Model",
    "RuntimeUnavailable",
    "SequenceTagger",
    "Session",
    "Tagging",
    "TextClassifier",
    "Token",
    "load",
]

# Looked up on first use: `import edgernn.edge_runtime.spec` must not pay for the engines.
_LAZY = {
    "Category": "edgernn.edge_runtime.tasks.classify",
    "Entity": "edgernn.edge_runtime.tag.outcome",
    "Forecast": "edgernn.edge_runtime.tasks.forecast",
    "Forecaster": "edgernn.edge_runtime.tasks.forecast",
    "LanguageModel": "edgernn.edge_runtime.tasks.lm",
    "Model": "edgernn.edge_runtime.model",
    "SequenceTagger": "edgernn.edge_runtime.tasks.tag",
    "Session": "edgernn.edge_runtime.session",
    "Tagging": "edgernn.edge_runtime.tag.outcome",
    "TextClassifier": "edgernn.edge_runtime.tasks.classify",
    "Token": "edgernn.edge_runtime.tag.outcome",
    "load": "edgernn.edge_runtime.loading",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_LAZY[name]), name)
