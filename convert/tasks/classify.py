"""Text classification: the proof runs on the recorded test split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.convert.source import Source
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import golden_text
from edgernn.convert.tasks.probes import PROBES
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.metrics import classification_metrics
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.spec.manifest import QualitySpec
from edgernn.edge_runtime.tasks.classify import read_labels
from edgernn.edge_runtime.text import clean_text, load_tokenizer

# For a tokenizer that cuts nothing off.
_MAX_LENGTH = 512
# Training examples by which static recipes measure ranges.
_CALIBRATION = 150
_QUOTED = ("accuracy", "macro_f1", "f1")


class ClassifyPlan(TaskPlan):
    """Reads the assets and the test split of a folder from `edgernn train classify`."""

    # The tokenizer never gives the padding id.
    always_real = True
    metric = "accuracy"

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, ClassifySpec):
            raise InputError("a classifier is converted from its folder: give the folder that edgernn train wrote")
        self._task = source.task
        self._folder = source.folder
        self._labels = read_labels((source.folder / self._task.labels).read_bytes(), str(source.folder))
        self._tokenizer = load_tokenizer((source.folder / self._task.text.tokenizer).read_bytes())
        self.max_length = _longest(source.folder / self._task.text.tokenizer)

    def assets(self) -> dict[str, bytes]:
        """See base."""
        tokenizer = json.loads((self._folder / self._task.text.tokenizer).read_bytes())
        return {
            # Without white space: the file is a good part of a small bundle.
            self._task.text.tokenizer: json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")).encode(),
            self._task.labels: (self._folder / self._task.labels).read_bytes(),
        }

    def cases(self) -> list[Arrays]:
        """The test split, then the probe texts."""
        return [self._encode(text) for text, _ in self._test] + [self._encode(text) for text in PROBES]

    def calibration(self) -> list[Arrays]:
        """See base."""
        examples = _read_split(self._folder / "data" / "train.jsonl")
        return [self._encode(text) for text, _ in examples[:: max(1, len(examples) // _CALIBRATION)]]

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """The probe texts: they are the kit's own, so a bundle carries nobody's messages."""
        return [golden_text(model, text, self._encode(text)) for text in PROBES]

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base."""
        return QualitySpec("test", len(self._test), self._metrics(keras), self._metrics(artifact))

    @cached_property
    def _test(self) -> list[tuple[str, str]]:
        path = self._folder / "data" / "test.jsonl"
        examples = _read_split(path)
        if unknown := {label for _, label in examples} - set(self._labels):
            raise InputError(f"{path}: label {min(unknown)!r} is not in labels.txt: train again")
        return examples

    def _encode(self, text: str) -> Arrays:
        ids = self._tokenizer.encode(clean_text(text, self._task.text.max_chars))
        return {self._task.text.input: np.array([ids], np.int32)}

    def _metrics(self, outputs: Sequence[Arrays]) -> dict[str, float]:
        truth = np.array([self._labels.index(label) for _, label in self._test])
        found = np.array([int(o[self._task.output][0].argmax()) for o in outputs[: len(self._test)]])
        metrics = classification_metrics(self._labels, truth, found, self._task.positive_label)
        return {name: float(metrics[name]) for name in _QUOTED if metrics[name] is not None}


def _read_split(path: Path) -> list[tuple[str, str]]:
    try:
        # Not splitlines(): a text may hold line separators that JSON leaves as they are.
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
        return [(str(line["text"]), str(line["label"])) for line in lines]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: this split cannot be read ({error}): train again") from error


def _longest(tokenizer: Path) -> int:
    try:
        truncation = json.loads(tokenizer.read_bytes()).get("truncation")
    except (ValueError, AttributeError) as error:
        raise InputError(f"{tokenizer}: not a tokenizer ({error}): train again") from error
    return int(truncation["max_length"]) if truncation else _MAX_LENGTH
