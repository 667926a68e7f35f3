"""Language models: the proof runs on parts of the recorded test text; perplexity on all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.convert.source import Source
from edgernn.convert.tasks.assets import compact_json
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import random_golden
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.lm.measure import Ids, measure
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.edge_runtime.spec.manifest import QualitySpec

# Parts of the text, and tokens of each: logits of a large vocabulary are the bulk of a proof.
_PARTS, _STEPS = 8, 64
_CALIBRATED = 64


class LmPlan(TaskPlan):
    """Reads the tokenizer and the test text of a folder from `edgernn train lm`."""

    always_real = True
    max_length = None
    real_probes = True
    metric = "perplexity"
    max_drop = 1.0

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, LmSpec):
            raise InputError("a language model is converted from its folder: give the folder that edgernn train wrote")
        self._task, self._folder = source.task, source.folder

    def assets(self) -> dict[str, bytes]:
        """See base."""
        return {self._task.tokenizer: compact_json(self._folder / self._task.tokenizer)}

    def cases(self) -> list[Arrays]:
        """Parts of the test text."""
        ids = self._ids("test")
        starts = np.linspace(0, max(0, len(ids) - _STEPS), _PARTS).astype(int)
        return [self._inputs(ids[start : start + _STEPS]) for start in starts]

    def calibration(self) -> list[Arrays]:
        """See base."""
        return [self._inputs(part[:_CALIBRATED]) for part in self._ids("calibration")]

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """Random tokens: a bundle carries nobody's texts."""
        return random_golden(model, cases)

    def measured(self, model: Model) -> dict[str, float]:
        """See base: over the whole test text."""
        found = measure(model, self._task, self._ids("test"))
        return {"perplexity": found.perplexity, "nats": found.nats}

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base. Keras's figures are those that the training measured, in the same way on the same text."""
        path = self._folder / "metrics.json"
        try:
            test = json.loads(path.read_text(encoding="utf-8"))["test"]
            figures = {name: float(test[name]) for name in ("perplexity", "nats")}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: no figures of the test split in it ({error}): train again") from error
        return QualitySpec("test", len(self._ids("test")), figures, measured)

    def _inputs(self, ids: Ids) -> Arrays:
        return {self._task.input: np.asarray(ids, np.int32)[None]}

    def _ids(self, name: str) -> Ids:
        path = self._folder / "data" / f"{name}.npy"
        return _read(path)


def _read(path: Path) -> Ids:
    try:
        ids: Ids = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}): train again") from error
    if ids.dtype.kind not in "iu" or not ids.size:
        raise InputError(f"{path}: holds no token ids: train again")
    return ids
