"""Keeps the states after the texts that were read last: who types on does not wait for the beginning again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from edgernn.edge_runtime.lm.state import Reading

_KEPT = 4


class Prefixes:
    """The last few readings, by their tokens. Safe from several threads, as models are."""

    def __init__(self) -> None:
        # Held also while a reading is forked, which takes the model's lock; nobody takes the two the other way round.
        self._lock = threading.Lock()
        self._readings: OrderedDict[tuple[int, ...], Reading] = OrderedDict()

    def longest(self, tokens: Sequence[int]) -> Reading | None:
        """A copy of the reading of the longest beginning of `tokens` that is known, or None."""
        whole = tuple(tokens)
        with self._lock:
            known = [key for key in self._readings if whole[: len(key)] == key]
            if not known:
                return None
            best = max(known, key=len)
            self._readings.move_to_end(best)
            return self._readings[best].fork()

    def keep(self, reading: Reading) -> None:
        """Remembers a copy; the one that was used least lately goes."""
        copy = reading.fork()
        with self._lock:
            self._readings[reading.tokens] = copy
            self._readings.move_to_end(reading.tokens)
            while len(self._readings) > _KEPT:
                self._readings.popitem(last=False)

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._readings.clear()
