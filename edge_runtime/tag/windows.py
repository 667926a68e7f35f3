"""Long sentences in parts that overlap."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from edgernn.edge_runtime.spec.tag import TagSpec

# Longer windows are slower by the word: a graph of more steps falls out of the processor's cache.
_LONGEST = 64


@dataclass(frozen=True)
class Window:
    """Words `start` up to `stop` are read; of these the scores of `first` up to `last` are kept."""

    start: int
    stop: int
    first: int
    last: int


def longest_window(task: TagSpec) -> int:
    """Words that a model which reads in both directions is given at once."""
    return min(task.max_words, _LONGEST)


def windows_for(count: int, task: TagSpec) -> list[Window]:
    """Windows over a sentence for such a model; `count` as for `windows_of`."""
    size = longest_window(task)
    return windows_of(count, size, min(task.overlap, size // 4))


def windows_of(count: int, size: int, overlap: int) -> list[Window]:
    """Windows that cover a sentence; a word that two windows share is kept where it lies nearer the middle.

    Args:
      count: words of the sentence, 1 or more.
      size: words that a window holds at most.
      overlap: words that neighbours share at least, less than `size`.
    """
    last = max(0, count - size)
    starts = [*range(0, last, size - overlap), last]
    edges = [(left + size + right) // 2 for left, right in itertools.pairwise(starts)]
    return [
        Window(start, min(start + size, count), first, end)
        for start, first, end in zip(starts, [0, *edges], [*edges, count], strict=True)
    ]
