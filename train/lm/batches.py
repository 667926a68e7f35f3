"""A long text as parallel streams, a window of steps at a time."""

from __future__ import annotations

import keras
import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.lm.measure import Ids

# What follows where nothing does: behind the end of a text.
NOTHING = -1
Int32 = npt.NDArray[np.int32]
Batch = tuple[Int32, Int32, Int32, npt.NDArray[np.float32]]


class Windows(keras.utils.PyDataset):  # type: ignore[misc]
    """Windows of `batch_size` streams, in the text's order, so that states can be carried from one to the next.

    A batch is the ids int32 [batch_size, steps], those that follow them int32 [batch_size, steps] (`NOTHING` behind the
    text's end), and the tokens of the tail that stand for all of it in the softmax: their ids int32 [candidates] and
    the logarithms float32 [candidates] of how many each stands for. The tail's tokens that follow in this batch are all
    among them, each for itself; the others are drawn evenly.

    Args:
      ids: the text, [tokens]; a memory map is read as it is needed.
      batch_size: number of streams.
      steps: of a window.
      tail: ids of the tail: the first and the last (not included); none where the softmax is whole.
      samples: candidates at least.
      seed: of where an epoch's first window begins, and of the samples; None: always at the streams' first token.
    """

    def __init__(
        self,
        ids: Ids,
        batch_size: int,
        steps: int,
        tail: tuple[int, int] = (0, 0),
        samples: int = 0,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        self._ids, self._batch_size, self._steps = ids, batch_size, steps
        self._tail = tail
        size = tail[1] - tail[0]
        self._candidates = min(size, max(samples, batch_size * steps + samples // 4)) if size else 0
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
        return ((ids, following, *self._drawn(following)),)

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

    def _drawn(self, following: Int32) -> tuple[Int32, npt.NDArray[np.float32]]:
        """Candidates, ascending, and how many each stands for, as a logarithm."""
        if not self._candidates or self._random is None:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        low, high = self._tail
        certain = np.unique(following[following >= low])
        wanted, others = self._candidates - len(certain), high - low - len(certain)
        drawn = low + self._random.choice(high - low, self._candidates, replace=False)
        drawn = drawn[~np.isin(drawn, certain)][:wanted]
        candidates = np.concatenate([certain, drawn]).astype(np.int32)
        weights = np.zeros(len(candidates), np.float32)
        weights[len(certain) :] = np.log(others / max(wanted, 1))
        order = np.argsort(candidates)
        return candidates[order], weights[order]
