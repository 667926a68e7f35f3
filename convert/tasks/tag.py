"""Sequence labelling: the proof runs on the recorded test sentences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.convert.source import Source
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import golden_text
from edgernn.convert.tasks.probes import PROBES
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import QualitySpec
from edgernn.edge_runtime.spec.tag import TagSpec
from edgernn.edge_runtime.tag.assets import read_assets
from edgernn.edge_runtime.tag.column import Column
from edgernn.edge_runtime.tag.crf import Scores
from edgernn.edge_runtime.tag.read_json import read_json_lines
from edgernn.edge_runtime.tag.scores import figure_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.edge_runtime.tag.windows import Window, longest_window, windows_for
from edgernn.edge_runtime.tag.words import words_of

# Scores that a proof holds, several times over; of a test split with more of them, evenly spread sentences are proved.
_MOST_SCORES = 12_000_000


class TagPlan(TaskPlan):
    """Reads the lists and the test split of a folder from `edgernn train tag`."""

    # No word has the padding id.
    always_real = True
    real_probes = True

    def __init__(self, source: Source) -> None:
        if source.folder is None or not isinstance(source.task, TagSpec):
            raise InputError("a tagger is converted from its folder: give the folder that edgernn train wrote")
        if faults := list(source.task.faults()):
            raise InputError(f"{source.folder}: {'; '.join(faults)}")
        self._task, self._folder = source.task, source.folder
        self._files = {name: (source.folder / name).read_bytes() for name in source.task.assets()}
        self._assets = read_assets(self._task, self._files, str(source.folder))
        self.max_length = longest_window(self._task)
        # The column that loses most, as soon as that is known.
        self.metric = _name(self._assets.columns[0])

    def assets(self) -> dict[str, bytes]:
        """See base. Without white space in JSON."""
        crfs = {column.crf: json.loads(self._files[column.crf]) for column in self._task.columns if column.crf}
        return {**self._files, **{n: json.dumps(crf, separators=(",", ":")).encode() for n, crf in crfs.items()}}

    def cases(self) -> list[Arrays]:
        """The test sentences, long ones in windows, the longest first: the proof's probes are their beginnings."""
        return [self._inputs(self._test[number].tokens[w.start : w.stop]) for number, w in self._windows]

    def calibration(self) -> list[Arrays]:
        """See base."""
        return [self._inputs(s.tokens[: self.max_length]) for s in self._sentences("calibration")]

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """The kit's own texts: a bundle carries nobody's sentences."""
        return [golden_text(model, text, inputs) for text in PROBES if (inputs := self._encode(text)) is not None]

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base. `metric` becomes that of the column that loses most."""
        before, after = self._figures(keras), self._figures(artifact)
        self.metric = max(before, key=lambda name: before[name] - after[name])
        return QualitySpec("test", len(self._test), before, after)

    @cached_property
    def _test(self) -> list[Sentence]:
        sentences = self._sentences("test")
        scores = sum(len(s.tokens) for s in sentences) * sum(len(column.labels) for column in self._assets.columns)
        kept = min(len(sentences), max(1, len(sentences) * _MOST_SCORES // scores))
        return [sentences[place] for place in np.linspace(0, len(sentences) - 1, kept).astype(int)]

    @cached_property
    def _windows(self) -> list[tuple[int, Window]]:
        """Of each test sentence (its number), the longest first."""
        found = [
            (number, window)
            for number, sentence in enumerate(self._test)
            for window in windows_for(len(sentence.tokens), self._task)
        ]
        return sorted(found, key=lambda one: one[1].start - one[1].stop)

    def _figures(self, outputs: Sequence[Arrays]) -> dict[str, float]:
        return {_name(column): self._figure(column, outputs) for column in self._assets.columns}

    def _figure(self, column: Column, outputs: Sequence[Arrays]) -> float:
        parts: list[list[tuple[int, Scores]]] = [[] for _ in self._test]
        for (number, w), output in zip(self._windows, outputs, strict=False):
            scores = output[column.spec.output][0, w.first - w.start : w.last - w.start].astype(np.float32)
            parts[number].append((w.start, scores))
        joined = (np.concatenate([scores for _, scores in sorted(part, key=lambda p: p[0])]) for part in parts)
        truth = (sentence.tags[column.spec.name] for sentence in self._test)
        return figure_of(((t, column.best(s)) for t, s in zip(truth, joined, strict=True)), column.spec.scheme)

    def _inputs(self, tokens: Sequence[str]) -> Arrays:
        return {**self._assets.features(tokens)}

    def _encode(self, text: str) -> Arrays | None:
        words = words_of(text, self._task.clitics, self._assets.abbreviations.__contains__)
        return self._inputs([word.text for word in words][: self.max_length]) if words else None

    def _sentences(self, name: str) -> list[Sentence]:
        path = self._folder / "data" / f"{name}.jsonl"
        try:
            sentences = read_json_lines(path, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, InputError) as error:
            raise InputError(f"{path}: this split cannot be read ({error}): train again") from error
        wanted = {column.spec.name for column in self._assets.columns}
        if not sentences or any(not wanted <= sentence.tags.keys() for sentence in sentences):
            raise InputError(f"{path}: no sentences with the columns {', '.join(sorted(wanted))}: train again")
        return sentences


def _name(column: Column) -> str:
    """As `figure_of` measures it."""
    return f"{column.spec.name}_{'accuracy' if column.spec.scheme == 'none' else 'f1'}"
