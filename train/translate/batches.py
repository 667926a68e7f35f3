"""Pairs of about the same lengths, side by side, about as many tokens in each batch."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from edgernn.train.batching import extremes_first, padded
from edgernn.train.translate.prepare import Example
from edgernn.train.translate.tokenizer import BEGIN_ID, END_ID, PAD_ID

Int32 = npt.NDArray[np.int32]
Batch = tuple[Int32, Int32, Int32]
# By so much a length may be taken for another, so that an epoch's batches are not those of the last.
_NOISE = 1.0


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of pairs.

    A batch is the source's ids int32 [batch, source], the target's after the beginning int32 [batch, target], and what
    follows each of these, the end at last, int32 [batch, target]. All end with padding.

    Args:
      examples: to batch.
      tokens: of a batch at most, sources, targets and padding together; a longer pair is a batch by itself.
      seed: of the order; None: shortest first.
    """

    def __init__(self, examples: Sequence[Example], tokens: int, seed: int | None = None) -> None:
        super().__init__()
        self._examples, self._tokens = examples, tokens
        self._seed = seed
        # With beginning and end; an empty source is a padded one.
        self._lengths = np.array([(max(1, len(one.source)), len(one.target) + 1) for one in examples])
        self._order: list[npt.NDArray[np.intp]] = []
        self.begin_epoch(0)

    def __len__(self) -> int:
        """Batches of an epoch; those of another epoch may be one more or less."""
        return len(self._order)

    def __getitem__(self, number: int) -> tuple[Batch]:
        """Batch `number`."""
        members = self._order[number % len(self._order)]
        longest = self._lengths[members].max(axis=0)
        chosen = [self._examples[i] for i in members]
        source = padded([one.source for one in chosen], longest[0], PAD_ID)
        given = padded([[BEGIN_ID, *one.target] for one in chosen], longest[1], PAD_ID)
        wanted = padded([[*one.target, END_ID] for one in chosen], longest[1], PAD_ID)
        return ((source, given, wanted),)

    def members(self, number: int) -> npt.NDArray[np.intp]:
        """Which examples are in batch `number`."""
        return self._order[number]

    def begin_epoch(self, epoch: int) -> None:
        """Another order, the same for a number whatever was before; pairs of about the same lengths stay together."""
        random = np.random.default_rng([self._seed, epoch]) if self._seed is not None else None
        noise = random.uniform(0, _NOISE, self._lengths.shape) if random is not None else 0.0
        source, target = (self._lengths + noise).T
        cuts = self._cut(np.lexsort((source, np.floor(target))))
        if random is not None:
            random.shuffle(cuts)
        self._order = extremes_first(cuts, self._lengths)

    def _cut(self, ranked: npt.NDArray[np.intp]) -> list[npt.NDArray[np.intp]]:
        cuts: list[npt.NDArray[np.intp]] = []
        start, longest = 0, np.zeros(2, int)
        for place, number in enumerate(ranked):
            grown = np.maximum(longest, self._lengths[number])
            if place > start and int(grown.sum()) * (place + 1 - start) > self._tokens:
                cuts.append(ranked[start:place])
                start, grown = place, self._lengths[number]
            longest = grown
        return [*cuts, ranked[start:]]
