"""The floor: no call can be faster than its weights can be read."""

from __future__ import annotations

import time

import numpy as np

_REPEATS = 9
# Bytes read in one measurement: long enough for the clock, short enough for the user.
_BYTES_READ = 64 << 20
_LEAST_BYTES = 16 << 10


def read_bandwidth(working_set: int) -> float:
    """Bytes a second at which one core reads `working_set` bytes again and again.

    NumPy's dot product of a vector with itself reads it once; small sets stay in the caches, as weights do. The best of
    several measurements counts.
    """
    count = max(working_set, _LEAST_BYTES) // 4
    vector = np.ones(count, np.float32)
    rounds = max(1, _BYTES_READ // vector.nbytes)
    best = float("inf")
    for _ in range(_REPEATS):
        start = time.perf_counter()
        for _ in range(rounds):
            vector.dot(vector)
        best = min(best, time.perf_counter() - start)
    return rounds * vector.nbytes / best
