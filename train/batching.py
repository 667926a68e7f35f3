"""What the batches of several trainings have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Cut = npt.NDArray[np.intp]


def padded(rows: Sequence[Sequence[int]], length: int, pad: int) -> npt.NDArray[np.int32]:
    """Rows of ids, int32 [rows, length], `pad` behind each."""
    found = np.full((len(rows), length), pad, np.int32)
    for place, row in enumerate(rows):
        found[place, : len(row)] = row
    return found


def extremes_first(cuts: Sequence[Cut], lengths: npt.NDArray[np.integer]) -> list[Cut]:
    """Batches with the shortest and the longest in front: Keras takes what is equal in the first two for equal in all.

    Args:
      cuts: numbers of the examples of each batch.
      lengths: of the examples, one or more for each.
    """
    ranked = sorted(range(len(cuts)), key=lambda number: int(lengths[cuts[number]].max()))
    first = [ranked[0], ranked[-1]] if len(cuts) > 1 else [0]
    return [cuts[number] for number in first] + [cut for number, cut in enumerate(cuts) if number not in first]


class BeginEpoch(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the batches the number of each epoch, which has an order of its own.

    Args:
      batches: with a method `begin_epoch`.
    """

    def __init__(self, batches: Any) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """See Keras."""
        self._batches.begin_epoch(epoch)
