"""Padded batches of token ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from edgernn.train.classify.tokenizer import PAD_ID, START_ID, UNKNOWN_ID

Ids = npt.NDArray[np.int32]
# Lengths are rounded up to a multiple of this: fewer shapes, and fewer compilations where a backend compiles.
_ROUND_TO = 16


def pad(sequences: Sequence[Sequence[int]], extra: int = 0) -> Ids:
    """Ids int32 [batch, time], padded on the right, and by `extra` steps more."""
    longest = max(len(sequence) for sequence in sequences)
    padded = np.full((len(sequences), -(-longest // _ROUND_TO) * _ROUND_TO + extra), PAD_ID, np.int32)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """Training batches: shuffled in every epoch, texts of like length together, some tokens hidden.

    Args:
      sequences: token ids of each example.
      targets: label index of each example, [examples].
      weights: weight of each example, [examples].
      batch_size: examples a batch.
      token_dropout: part of the tokens that is hidden behind the unknown token.
      seed: of order and hiding.
    """

    def __init__(
        self,
        sequences: Sequence[Sequence[int]],
        targets: npt.NDArray[np.int32],
        weights: npt.NDArray[np.float32],
        batch_size: int,
        token_dropout: float,
        seed: int,
    ) -> None:
        super().__init__()
        self._sequences = sequences
        self._targets = targets
        self._weights = weights
        self._batch_size = batch_size
        self._token_dropout = token_dropout
        self._generator = np.random.default_rng(seed)
        self._batches: list[npt.NDArray[np.int64]] = []
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[Ids, npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        rows = self._batches[index]
        # Keras takes the lengths of the first two batches for those of all, unless they differ: so they must.
        extra = _ROUND_TO if index == 0 and len(self) > 1 and self._length(0) == self._length(1) else 0
        ids = self._hide(pad([self._sequences[row] for row in rows], extra))
        return ids, self._targets[rows], self._weights[rows]

    def on_epoch_end(self) -> None:
        """Draws a new order; a random tenth on each length keeps the batches from being the same every time."""
        lengths = np.array([len(sequence) for sequence in self._sequences])
        order = np.argsort(lengths * self._generator.uniform(0.9, 1.1, len(lengths)), kind="stable")
        cuts = range(self._batch_size, len(order), self._batch_size)
        self._batches = np.split(order, list(cuts))
        self._generator.shuffle(self._batches)

    def _length(self, index: int) -> int:
        return -(-max(len(self._sequences[row]) for row in self._batches[index]) // _ROUND_TO)

    def _hide(self, ids: Ids) -> Ids:
        if not self._token_dropout:
            return ids
        hidden = self._generator.random(ids.shape) < self._token_dropout
        return np.where(hidden & (ids != PAD_ID) & (ids != START_ID), np.int32(UNKNOWN_ID), ids)


def predict(model: Any, sequences: Sequence[Sequence[int]], batch_size: int = 256) -> npt.NDArray[np.float32]:
    """Probabilities, float32 [examples, labels], in the order of `sequences`."""
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
    rows: dict[int, Any] = {}
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        outputs = model.predict_on_batch(pad([sequences[i] for i in batch]))
        rows.update(zip(batch, np.asarray(outputs, np.float32), strict=True))
    return np.stack([rows[i] for i in range(len(sequences))])
