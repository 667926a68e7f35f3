"""The greatest of many scores, without sorting all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.intp]
# Scores lie in so many rows, and the greatest of each column stands for it: NumPy finds these by whole rows at a time.
_ROWS = 32


def greatest(scores: npt.NDArray[np.floating], k: int) -> Ids:
    """Indices of the k greatest scores, in ascending order; of equal ones those with the lower index.

    Args:
      scores: [n], none of them NaN.
      k: 1 or more.
    """
    if k >= len(scores):
        return np.arange(len(scores))
    columns = len(scores) // _ROWS
    if k * 4 >= columns:
        return _of_few(scores, k)
    whole = columns * _ROWS
    table = scores[:whole].reshape(_ROWS, columns)
    tops = table.max(axis=0)
    # The k-th greatest top is no greater than the k-th greatest score: columns below it hold none of those wanted.
    chosen = np.flatnonzero(tops >= np.partition(tops, columns - k)[columns - k])
    values = np.concatenate([table.take(chosen, axis=1).ravel(), scores[whole:]])
    best = _of_few(values, k)
    rows, places = np.divmod(best, len(chosen))
    # What lies behind the table is numbered on from its end.
    behind = best - _ROWS * len(chosen)
    return np.where(behind < 0, rows * columns + chosen[places], whole + behind)


def _of_few(scores: npt.NDArray[np.floating], k: int) -> Ids:
    """As `greatest`."""
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    kept = np.flatnonzero(scores >= least)
    if len(kept) == k:
        return kept
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: k - len(above)]
    return np.sort(np.concatenate([above, equal]))
