"""A long text as parallel streams, a window of steps at a time."""

from __future__ import annotations

import keras
import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.generic]
# What follows where nothing does: behind the end of a text.
NOTHING = -1
Batch = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.int32]]


class Windows(keras.utils.PyDataset):  # type: ignore[misc]
    """Windows of `batch_size` streams, in the text's order, so that states can be carried from one to the next.

    A batch is the ids int32 [batch_size, steps], those that follow them int32 [batch_size, steps] (`NOTHING` behind the
    text's end), and the tokens that the softmax is estimated from, int32 [samples].

    Args:
      ids: the text, [tokens]; a memory map is read as it is needed.
      batch_size: number of streams.
      steps: of a window.
      samples: how many tokens to draw.
      tail: the first and the last (not included) of the ids that they are drawn from.
      seed: of where an epoch's first window begins, and of the samples; None: always at the streams' first token.
    """

    def __init__(
        self,
        ids: Ids,
        batch_size: int,
        steps: int,
        samples: int = 0,
        tail: tuple[int, int] = (0, 0),
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self._ids, self._batch_size, self._steps = ids, batch_size, steps
        self._samples, self._tail = samples, tail
        self._random = np.random.default_rng(seed) if seed is not None else None
        self._shift = 0
        # The shift must not make an epoch shorter than another.
        self._spare = min(steps, max(0, self._length(len(ids)) - steps - 1)) if seed is not None else 0

    def __len__(self) -> int:
        """Windows of an epoch."""
        left = self._length(len(self._ids)) - self._spare - 1
        return max(1, left // self._steps if self._random is not None else -(-left // self._steps))

    def __getitem__(self, number: int) -> tuple[Batch]:
        """Batch `number`."""
        length = self._length(len(self._ids))
        start = self._shift + number * self._steps
        stop = min(start + self._steps, length - 1)
        rows = [self._ids[row * length + start : row * length + stop + 1] for row in range(self._batch_size)]
        window = np.asarray(rows, np.int32)
        missing = self._steps + 1 - window.shape[1]
        ids = np.pad(window, ((0, 0), (0, missing)))[:, :-1]
        following = np.pad(window, ((0, 0), (0, missing)), constant_values=NOTHING)[:, 1:]
        return ((ids, following, self._draw()),)

    @property
    def padded(self) -> float:
        """Positions of an epoch, padding included, for each that something follows."""
        length = self._length(len(self._ids))
        return len(self) * self._steps / (length - 1)

    def begin_epoch(self) -> None:
        """Moves the windows."""
        if self._random is not None:
            self._shift = int(self._random.integers(0, self._spare + 1))

    def _length(self, tokens: int) -> int:
        return tokens // self._batch_size

    def _draw(self) -> npt.NDArray[np.int32]:
        low, high = self._tail
        if not self._samples or self._random is None:
            return np.zeros(0, np.int32)
        return (low + self._random.choice(high - low, self._samples, replace=False)).astype(np.int32)
