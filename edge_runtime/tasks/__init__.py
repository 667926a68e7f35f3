"""The tasks: each is one file and one line here."""

from __future__ import annotations

import importlib

from edgernn.edge_runtime.model import Model

__all__ = ["TASKS", "task_class"]

# Module and class, imported for the bundle at hand.
TASKS: dict[str, tuple[str, str]] = {
    "caption": ("edgernn.edge_runtime.tasks.caption", "ImageCaptioner"),
    "classify": ("edgernn.edge_runtime.tasks.classify", "TextClassifier"),
    "forecast": ("edgernn.edge_runtime.tasks.forecast", "Forecaster"),
    "lm": ("edgernn.edge_runtime.tasks.lm", "LanguageModel"),
    "tag": ("edgernn.edge_runtime.tasks.tag", "SequenceTagger"),
    "translate": ("edgernn.edge_runtime.tasks.translate", "Translator"),
    "model": ("edgernn.edge_runtime.model", "Model"),
}


def task_class(name: str) -> type[Model]:
    """The class of a task out of `TASKS`."""
    module, cls = TASKS[name]
    found: type[Model] = getattr(importlib.import_module(module), cls)
    return found
