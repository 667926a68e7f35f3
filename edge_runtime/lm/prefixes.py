"""Keeps the states after the texts that were read last: who types on does not wait for the beginning again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from edgernn.edge_runtime.lm.state import Reading

_KEPT = 4


class Prefixes:
    """The last few readings, by their tokens."""

    def __init__(self) -> None:
        self._readings: OrderedDict[tuple[int, ...], Reading] = OrderedDict()

    def longest(self, tokens: Sequence[int]) -> Reading | None:
        """A copy of the reading of the longest beginning of `tokens` that is known, or None."""
        whole = tuple(tokens)
        known = [key for key in self._readings if whole[: len(key)] == key]
        if not known:
            return None
        best = max(known, key=len)
        self._readings.move_to_end(best)
        return self._readings[best].fork()

    def keep(self, reading: Reading) -> None:
        """Remembers a copy; the one that was used least lately goes."""
        self._readings[reading.tokens] = reading.fork()
        self._readings.move_to_end(reading.tokens)
        while len(self._readings) > _KEPT:
            self._readings.popitem(last=False)

    def clear(self) -> None:
        """Forgets all."""
        self._readings.clear()
