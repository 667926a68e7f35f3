"""Some of many."""

from __future__ import annotations

import numpy as np


def evenly(count: int, most: int) -> list[int]:
    """Up to `most` of the numbers from 0 to `count` - 1, evenly spread, the first and the last of them among these.

    Args:
      count: 1 or more.
      most: 2 or more.
    """
    return [int(number) for number in np.unique(np.linspace(0, count - 1, most).astype(int))]
