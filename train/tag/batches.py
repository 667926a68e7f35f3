"""Sentences of about the same length, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.tag.features import UNKNOWN
from edgernn.edge_runtime.tag.schemes import labels_of, spans_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.train.batching import extremes_first
from edgernn.train.tag.prepare import Prepared, parted

# Lengths are rounded up to a multiple of it, so that a backend compiles few shapes.
_STEP = 8
Arrays = dict[str, npt.NDArray[np.generic]]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of sentences.

    A batch is a dictionary: the model's inputs (see `TagSpec`), "mask" float32 [batch, time], and for each column its
    labels by its output's name: int32 [batch, time], or float32 [batch, time, labels] of a column of several.

    Args:
      prepared: lists and columns.
      sentences: to batch; longer than `longest` ones are cut.
      batch_size: sentences.
      longest: words.
      unknown: how often a word that occurs once in training is taken for an unknown one.
      seed: of the order and of the unknown words; None: shortest first, and no word is.
    """

    def __init__(
        self,
        prepared: Prepared,
        sentences: Sequence[Sentence],
        batch_size: int,
        longest: int,
        unknown: float = 0.0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self._prepared, self._unknown = prepared, unknown
        self._random = np.random.default_rng(seed) if seed is not None else None
        self._batch_size, self._longest = batch_size, longest
        features = prepared.features
        self._inputs = [features(sentence.tokens[:longest]) for sentence in sentences]
        self._labels = [self._numbered(sentence) for sentence in sentences]
        self._lengths = np.array([min(len(sentence.tokens), longest) for sentence in sentences])
        self._order: list[npt.NDArray[np.intp]] = []
        self.begin_epoch()

    def __len__(self) -> int:
        """Batches."""
        return len(self._order)

    def __getitem__(self, number: int) -> tuple[Arrays]:
        """Batch `number`."""
        members = self._order[number]
        longest = -(-int(self._lengths[members].max()) // _STEP) * _STEP
        batch: Arrays = {
            name: np.stack([_padded(self._inputs[i][name][0], longest) for i in members])
            for name in self._inputs[members[0]]
        }
        for column in self._prepared.spec.columns:
            batch[column.output] = np.stack([_padded(self._labels[i][column.output], longest) for i in members])
        batch["mask"] = (np.arange(longest) < self._lengths[members][:, None]).astype(np.float32)
        if self._random is not None and self._unknown:
            name = self._prepared.spec.words.input
            words = batch[name]
            once = np.isin(words, self._prepared.singletons) & (self._random.random(words.shape) < self._unknown)
            batch[name] = np.where(once, np.int32(UNKNOWN), words)
        return (batch,)

    def members(self, number: int) -> npt.NDArray[np.intp]:
        """Which sentences are in batch `number`."""
        return self._order[number]

    def begin_epoch(self) -> None:
        """Another order: sentences of about the same length stay together."""
        noise = self._random.uniform(0, 2, len(self._lengths)) if self._random is not None else 0.0
        ranked = np.argsort(self._lengths + noise, kind="stable")
        cuts = [ranked[start : start + self._batch_size] for start in range(0, len(ranked), self._batch_size)]
        if self._random is not None:
            self._random.shuffle(cuts)
        self._order = extremes_first(cuts, self._lengths)

    def _numbered(self, sentence: Sentence) -> Arrays:
        found: Arrays = {}
        for column in self._prepared.spec.columns:
            labels = self._prepared.labels[column.name]
            places = {label: number for number, label in enumerate(labels)}
            tags: Sequence[str] = sentence.tags[column.name][: self._longest]
            if len(tags) < len(sentence.tokens) and column.scheme != "none":
                # A span that is cut ends where the sentence is cut, or its end would be one that the scheme forbids.
                tags = labels_of(spans_of(tags), len(tags), column.scheme)
            if column.kind == "several":
                table = np.zeros((len(tags), len(labels)), np.float32)
                for number, tag in enumerate(tags):
                    table[number, [places[label] for label in parted(tag) if label in places]] = 1.0
                found[column.output] = table
            else:
                # A label that training has never seen cannot be learnt; it counts as wrong where that is measured.
                found[column.output] = np.array([places.get(tag, 0) for tag in tags], np.int32)
        return found


def _padded(array: npt.NDArray[np.generic], length: int) -> npt.NDArray[np.generic]:
    return np.pad(array, [(0, length - len(array))] + [(0, 0)] * (array.ndim - 1))
