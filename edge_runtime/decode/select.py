"""The greatest of many scores, without sorting all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.intp]
# Scores lie in so many columns at least for each that is wanted, and the greatest of each column stands for it: NumPy
# finds these by whole rows at a time.
_COLUMNS = 8
_SHORT = 512


def greatest(scores: npt.NDArray[np.floating], k: int) -> Ids:
    """Indices of the k greatest scores, the greatest first; of equal ones those with the lower index, and these first.

    Args:
      scores: [n], none of them NaN.
      k: 1 or more.
    """
    if k >= len(scores):
        return (-scores).argsort(kind="stable")
    chosen = (scores >= _bound(scores, k)).nonzero()[0]
    values = scores[chosen]
    if len(chosen) > 2 * k:
        # Only where many are equal, or crowd a few columns.
        kept = _of_few(values, k)
        chosen, values = chosen[kept], values[kept]
    return chosen[(-values).argsort(kind="stable")[:k]]


def _bound(scores: npt.NDArray[np.floating], k: int) -> np.floating:
    """Not above the k-th greatest score, and seldom far below it."""
    columns = max(_SHORT, k * _COLUMNS)
    rows = len(scores) // columns
    if rows < 2:
        return _kth(scores.copy(), k)
    # k columns have a top that is as great as the k-th greatest top, hence k scores are.
    return _kth(scores[: rows * columns].reshape(rows, columns).max(axis=0), k)


def _kth(scores: npt.NDArray[np.floating], k: int) -> np.floating:
    """The k-th greatest; the scores are rearranged."""
    place = len(scores) - k
    scores.partition(place)
    value: np.floating = scores[place]
    return value


def _of_few(scores: npt.NDArray[np.floating], k: int) -> Ids:
    """Indices of the k greatest, in ascending order; of equal ones those with the lower index."""
    least = _kth(scores.copy(), k)
    above = np.flatnonzero(scores > least)
    equal = np.flatnonzero(scores == least)[: k - len(above)]
    return np.sort(np.concatenate([above, equal]))
