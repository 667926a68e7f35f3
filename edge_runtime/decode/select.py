"""The greatest of many scores, without sorting all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.intp]
# The greatest of a row of so many stands for them; the k greatest lie in the k rows with the greatest such.
_ROW = 64


def greatest(scores: npt.NDArray[np.floating], k: int) -> Ids:
    """Indices of the k greatest scores, in ascending order; of equal ones those with the lower index.

    Args:
      scores: [n], none of them NaN.
      k: 1 or more.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    rows = len(scores) // _ROW
    if k * 4 >= rows:
        return _of_few(scores, k, None)
    whole = rows * _ROW
    tops = scores[:whole].reshape(rows, _ROW).max(axis=1)
    # The k-th greatest top is no greater than the k-th greatest score: rows below it hold none of those wanted.
    least = np.partition(tops, rows - k)[rows - k]
    chosen = np.flatnonzero(tops >= least)
    candidates = (chosen[:, None] * _ROW + np.arange(_ROW)).ravel()
    candidates = np.concatenate([candidates, np.arange(whole, len(scores))])
    return candidates[_of_few(scores[candidates], k, candidates)]


def _of_few(scores: npt.NDArray[np.floating], k: int, ascending: Ids | None) -> Ids:
    """As `greatest`; `ascending`, where given, says that lower places have lower indices."""
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: k - len(above)]
    return np.sort(np.concatenate([above, equal]))
