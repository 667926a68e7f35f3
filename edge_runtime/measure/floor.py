"""The floor: no call can be faster than its weights can be read."""

from __future__ import annotations

import time

_REPEATS = 9
# Bytes read in one measurement: long enough for the clock, short enough for the user.
_BYTES_READ = 64 << 20
_LEAST_BYTES = 16 << 10


def read_bandwidth(working_set: int) -> float:
    """Bytes a second at which one core reads `working_set` bytes again and again.

    A search for a byte that is not there reads all of them, with the widest instructions that the C library has; small
    sets stay in the caches, as weights do. The best of several measurements counts.
    """
    # Not zeros: the system keeps one page for all of those.
    data = b"\x02" * max(working_set, _LEAST_BYTES)
    rounds = max(1, _BYTES_READ // len(data))
    best = float("inf")
    for _ in range(_REPEATS):
        start = time.perf_counter()
        for _ in range(rounds):
            data.find(b"\x01")
        best = min(best, time.perf_counter() - start)
    return rounds * len(data) / best


def floor_us(weight_bytes: int, read_bytes: int, largest_weight: int) -> float:
    """Microseconds below which a call cannot come.

    Every weight is read once at the bandwidth of all of them; what is read again, step after step, may meanwhile lie in
    a nearer cache, so it counts at the bandwidth of the largest single weight.

    Args:
      weight_bytes: of different weights.
      read_bytes: of weights, each use counted.
      largest_weight: bytes of the largest one.
    """
    again = read_bytes - weight_bytes
    return 1e6 * (
        weight_bytes / read_bandwidth(weight_bytes) + (again / read_bandwidth(largest_weight) if again else 0)
    )
