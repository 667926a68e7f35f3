"""The tasks: each is one file and one line here."""

from __future__ import annotations

from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.tasks.classify import TextClassifier
from edgernn.edge_runtime.tasks.forecast import Forecaster
from edgernn.edge_runtime.tasks.lm import LanguageModel
from edgernn.edge_runtime.tasks.tag import SequenceTagger

__all__ = ["TASKS"]

TASKS: dict[str, type[Model]] = {
    "classify": TextClassifier,
    "forecast": Forecaster,
    "lm": LanguageModel,
    "tag": SequenceTagger,
    "model": Model,
}
