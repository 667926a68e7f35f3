"""Byte-pair encoding (Sennrich et al. 2016) of one word, by a heap of pairs."""

from __future__ import annotations

import heapq

# A word longer than this is not kept in the cache: it will hardly come again.
_CACHED_LENGTH = 64
_CACHED_WORDS = 20_000


class Bpe:
    """Merges symbols in the order of the merges' ranks, leftmost first.

    Args:
      vocabulary: id by token.
      merges: pairs of tokens, best first.
      unknown: id for symbols that are not in the vocabulary, or None to leave them out.
    """

    def __init__(self, vocabulary: dict[str, int], merges: list[tuple[str, str]], unknown: int | None) -> None:
        self._vocabulary = vocabulary
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._unknown = unknown
        self._cache: dict[str, list[int]] = {}

    def encode(self, word: str) -> list[int]:
        """Ids of one word."""
        found = self._cache.get(word)
        if found is None:
            found = [i for s in self._merge(list(word)) if (i := self._vocabulary.get(s, self._unknown)) is not None]
            if len(word) <= _CACHED_LENGTH and len(self._cache) < _CACHED_WORDS:
                self._cache[word] = found
        return found

    def _merge(self, symbols: list[str]) -> list[str]:
        """A linked list and a heap: n log n, where scanning for the best pair would be n squared."""
        following = [*range(1, len(symbols)), -1]
        before = [*range(-1, len(symbols) - 1)]
        alive = [True] * len(symbols)
        heap = [(rank, i) for i in range(len(symbols) - 1) if (rank := self._rank(symbols[i], symbols[i + 1])) >= 0]
        heapq.heapify(heap)
        while heap:
            rank, left = heapq.heappop(heap)
            right = following[left] if alive[left] else -1
            if right < 0 or self._rank(symbols[left], symbols[right]) != rank:
                continue  # one of the two was merged in the meantime
            symbols[left] += symbols[right]
            alive[right] = False
            following[left] = following[right]
            if following[right] >= 0:
                before[following[right]] = left
            for start in (before[left], left):
                end = following[start] if start >= 0 else -1
                if end >= 0 and (new := self._rank(symbols[start], symbols[end])) >= 0:
                    heapq.heappush(heap, (new, start))
        return [symbol for symbol, there in zip(symbols, alive, strict=True) if there]

    def _rank(self, left: str, right: str) -> int:
        return self._ranks.get((left, right), -1)
