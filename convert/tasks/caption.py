"""Captioners: the proof runs on test pictures with their captions given; CIDEr and BLEU-4 on many, written freely."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgernn.convert.request import Arrays, PairRequest
from edgernn.convert.source import Source
from edgernn.convert.tasks.assets import compact_json
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import pair_golden
from edgernn.edge_runtime.caption.scoring import scores_of
from edgernn.edge_runtime.caption.test_pictures import TestPictures, read_test_pictures
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.spec.manifest import QualitySpec
from edgernn.edge_runtime.tasks.caption import ImageCaptioner
from edgernn.edge_runtime.text import load_tokenizer
from edgernn.edge_runtime.vision import model_input

# Test pictures of the proof.
_CASES = 8
# Hypotheses that run side by side: alone, and as a usual beam.
_ROWS = (1, 3)
_METRICS = ("cider", "bleu_4")
_SCORERS = ("pycocoevalcap", "sacrebleu")


@dataclass(frozen=True)
class _Known:
    """What the training measured, and on how many test pictures."""

    scores: dict[str, float]
    pictures: int


class CaptionPlan(TaskPlan):
    """Reads the tokenizer and the pictures of a folder from `edgernn train caption`."""

    always_real = False
    real_probes = True
    max_drop = 0.5
    # Not 4 bits: no convolutional network of ours held at them. Then the quickest of the small ones.
    auto = ("static_encoder_int8", "dynamic_wi8", "float16", "float32")

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, CaptionSpec):
            raise InputError("a captioner is converted from its folder: give the folder that edgernn train wrote")
        self._task, self._folder = source.task, source.folder
        self.max_length = self._task.max_tokens
        self.pair = PairRequest(0, _ROWS)
        self._known = self._measured_in_training()
        if self._known is None:
            self.metric = None
        else:
            self.metric, *further = _METRICS
            self.further_metrics = tuple(further)

    def assets(self) -> dict[str, bytes]:
        """See base."""
        return {name: compact_json(self._folder / name) for name in self._task.assets()}

    def cases(self) -> list[Arrays]:
        """Test pictures with the beginnings of their captions."""
        return self._cases("test", _CASES)

    def calibration(self) -> list[Arrays]:
        """Pictures of the training split, which nothing is tested on."""
        return self._cases("calibration")

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """Random pictures and tokens: a bundle carries nobody's pictures."""
        return pair_golden(model, cases, self._task.token)

    def measured(self, model: Model) -> dict[str, float]:
        """See base: of captions as they are where nothing is asked for, on the pictures that the training described."""
        if self._known is None or not isinstance(model, ImageCaptioner):
            return {}
        test = self._pictures("test")
        scores = scores_of([model.caption_prepared(one)[0].text for one in test.pictures], test.references)
        return {name: float(getattr(scores, name)) for name in _METRICS}

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base. Keras's figures are those that the training measured, in the same way on the same pictures."""
        if self._known is None:
            return None
        return QualitySpec("test", self._known.pictures, self._known.scores, measured)

    def remarks(self, artifact: Sequence[Arrays]) -> tuple[str, ...]:
        """See base."""
        if self._known is not None:
            return ()
        missing = " or ".join(_SCORERS)
        return (f"CIDEr was not compared with Keras: {missing} is missing here, or was when the model was trained",)

    def _cases(self, split: str, most: int | None = None) -> list[Arrays]:
        found = self._pictures(split)
        tokenizer = load_tokenizer((self._folder / self._task.tokenizer).read_bytes())
        count = len(found.pictures)
        # As the training reads captions: a word's token has the blank before it.
        before = " " if self._task.level in ("word", "bpe") else ""
        cases: list[Arrays] = []
        for place in evenly(count, most or count):
            given = [self._task.begin, *tokenizer.encode(before + found.references[place][0])][: self._task.max_tokens]
            picture = model_input(found.pictures[place : place + 1], self._task.image)
            cases.append({self._task.picture: picture, self._task.token: np.array([given], np.int32)})
        return cases

    def _pictures(self, split: str) -> TestPictures:
        return read_test_pictures(self._folder, split)

    def _measured_in_training(self) -> _Known | None:
        if any(importlib.util.find_spec(name) is None for name in _SCORERS):
            return None
        path = self._folder / "metrics.json"
        try:
            test = json.loads(path.read_text(encoding="utf-8"))["test"]
            scores = {name: float(test[name]) for name in _METRICS} if _METRICS[0] in test else None
            return _Known(scores, int(test["pictures"])) if scores else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: no figures of the test split in it ({error}): train again") from error
