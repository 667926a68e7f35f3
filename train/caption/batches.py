"""Captions of about the same lengths, side by side with what is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from edgernn.train.batching import extremes_first, padded
from edgernn.train.caption.tokenizer import BEGIN_ID, END_ID, PAD_ID

Int32 = npt.NDArray[np.int32]
Float32 = npt.NDArray[np.float32]
Batch = tuple[Float32, Int32, Int32]
# Pictures by their numbers, to features or pixels; where there is a generator, one of their copies.
Sight = Callable[[Sequence[int], "np.random.Generator | None"], Float32]
# Lengths are rounded up to a multiple: some backends compile each shape anew.
_LENGTHS = 4
# Of so many batches the captions are sorted by length.
_SORTED = 8


@dataclass(frozen=True)
class Example:
    """A caption of a picture.

    Attributes:
      picture: its number.
      ids: tokens, without beginning and end.
    """

    picture: int
    ids: Sequence[int]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Batches of captions.

    A batch is what is seen, float32 [batch, ...], the caption's ids after the beginning int32 [batch, caption], and
    what follows each of these, the end at last, int32 [batch, caption]. Captions end with padding.

    Args:
      examples: to batch.
      sight: gives what is seen.
      size: examples of a batch.
      seed: of order and copies; None: in order of length, and the pictures themselves.
    """

    def __init__(self, examples: Sequence[Example], sight: Sight, size: int, seed: int | None = None) -> None:
        super().__init__()
        self._examples, self._sight, self._size, self._seed = examples, sight, size, seed
        self._lengths = np.array([len(one.ids) + 1 for one in examples])
        self._order: list[npt.NDArray[np.intp]] = []
        self._epoch = 0
        self.begin_epoch(0)

    def __len__(self) -> int:
        """Batches of an epoch."""
        return len(self._order)

    def __getitem__(self, number: int) -> tuple[Batch]:
        """Batch `number`."""
        chosen = [self._examples[place] for place in self._order[number]]
        random = np.random.default_rng([self._seed, self._epoch, number]) if self._seed is not None else None
        longest = max(len(one.ids) + 1 for one in chosen)
        length = -(-longest // _LENGTHS) * _LENGTHS
        seen = self._sight([one.picture for one in chosen], random)
        given = padded([[BEGIN_ID, *one.ids] for one in chosen], length, PAD_ID)
        return ((seen, given, padded([[*one.ids, END_ID] for one in chosen], length, PAD_ID)),)

    def members(self, number: int) -> npt.NDArray[np.intp]:
        """Which examples are in batch `number`."""
        return self._order[number]

    def begin_epoch(self, epoch: int) -> None:
        """Another order, the same for a number whatever was before; captions of like lengths stay together."""
        self._epoch = epoch
        places = np.argsort(self._lengths, kind="stable")
        if self._seed is None:
            self._order = _cut(places, self._size)
            return
        random = np.random.default_rng([self._seed, epoch])
        mixed = random.permutation(len(places))
        cuts = [cut for some in _cut(mixed, self._size * _SORTED) for cut in _cut(self._sorted(some), self._size)]
        random.shuffle(cuts)
        self._order = extremes_first(cuts, self._lengths)

    def _sorted(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        return places[np.argsort(self._lengths[places], kind="stable")]


def _cut(places: npt.NDArray[np.intp], size: int) -> list[npt.NDArray[np.intp]]:
    return [places[start : start + size] for start in range(0, len(places), size)]
