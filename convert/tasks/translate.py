"""Translators: the proof runs on recorded test sentences, their targets given; BLEU on many of them, written freely."""

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
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import QualitySpec
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.text import load_tokenizer
from edgernn.edge_runtime.translate.scoring import Referenced, bleu_of
from edgernn.edge_runtime.translate.sentence_file import read_sentences

# Test sentences of the proof.
_CASES = 8
# Hypotheses that run side by side: alone, and as a usual beam. Wider beams run in rows of the last.
_ROWS = (1, 4)


@dataclass(frozen=True)
class _Known:
    """What the training measured, and on how many test sentences."""

    bleu: float
    sentences: int


class TranslatePlan(TaskPlan):
    """Reads tokenizers and test sentences of a folder from `edgernn train translate`."""

    always_real = False
    real_probes = True
    max_drop = 0.4

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, TranslateSpec):
            raise InputError("a translator is converted from its folder: give the folder that edgernn train wrote")
        self._task, self._folder = source.task, source.folder
        self.max_length = self._task.max_source
        self.pair = PairRequest(self._task.max_source, _ROWS)
        self._known = self._measured_in_training()
        self.metric = "bleu" if self._known is not None else None

    def assets(self) -> dict[str, bytes]:
        """See base."""
        return {name: compact_json(self._folder / name) for name in self._task.assets()}

    def cases(self) -> list[Arrays]:
        """Test sentences with their first targets."""
        sentences = self._sentences()
        source, target = (
            load_tokenizer((self._folder / name).read_bytes())
            for name in (self._task.source_tokenizer, self._task.target_tokenizer)
        )
        cases: list[Arrays] = []
        for place in evenly(len(sentences), _CASES):
            one = sentences[place]
            ids = source.encode(one.source)[: self._task.max_source] or [self._task.pad]
            given = [self._task.begin, *target.encode(one.references[0])][: self._task.max_source]
            cases.append({self._task.source: _row(ids), self._task.token: _row(given)})
        return cases

    def calibration(self) -> list[Arrays]:
        """None: no static recipe takes such a model."""
        return []

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """Random tokens: a bundle carries nobody's texts."""
        return pair_golden(model, cases, self._task.token)

    def measured(self, model: Model) -> dict[str, float]:
        """See base: BLEU of the likeliest translations, on the sentences that the training translated."""
        if self._known is None or not isinstance(model, Translator):
            return {}
        sentences = self._sentences()
        chosen = [sentences[place] for place in evenly(len(sentences), self._known.sentences)]
        return {"bleu": bleu_of([model.said(one.source) for one in chosen], [one.references for one in chosen]) / 100.0}

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base. Keras's figure is the one that the training measured, in the same way on the same sentences."""
        if self._known is None:
            return None
        return QualitySpec("test", self._known.sentences, {"bleu": self._known.bleu / 100.0}, measured)

    def remarks(self, artifact: Sequence[Arrays]) -> tuple[str, ...]:
        """See base."""
        if self._known is not None:
            return ()
        return ("BLEU was not compared with Keras: sacrebleu is missing here, or was when the model was trained",)

    def _sentences(self) -> list[Referenced]:
        return read_sentences(self._folder / "data" / "test.jsonl")

    def _measured_in_training(self) -> _Known | None:
        if importlib.util.find_spec("sacrebleu") is None:
            return None
        path = self._folder / "metrics.json"
        try:
            test = json.loads(path.read_text(encoding="utf-8"))["test"]
            return _Known(float(test["bleu"]), int(test["sentences"])) if "bleu" in test else None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: no figures of the test split in it ({error}): train again") from error


def _row(ids: Sequence[int]) -> Array:
    return np.array([ids], np.int32)
