"""Cuts a sequence into calls of the signatures that a bundle has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from edgernn.edge_runtime.errors import InputError


@dataclass(frozen=True)
class Piece:
    """One call: which signature, and which steps of the sequence it takes."""

    signature: int
    start: int
    stop: int


@lru_cache(maxsize=256)
def chunk_plan(length: int, sizes: tuple[int, ...]) -> tuple[Piece, ...]:
    """The fewest calls for `length` steps: the greatest size that fits, again and again.

    Args:
      length: number of steps, 1 or more.
      sizes: steps by signature, greatest first, the last one 1.
    """
    pieces: list[Piece] = []
    start = 0
    for signature, size in enumerate(sizes):
        while length - start >= size:
            pieces.append(Piece(signature, start, start + size))
            start += size
    return tuple(pieces)


def whole_plan(length: int, sizes: Sequence[int]) -> Piece:
    """The shortest signature that holds the sequence.

    Args:
      length: number of steps, 1 or more.
      sizes: steps by signature, greatest first.

    Raises:
      InputError: the sequence is longer than every signature.
    """
    fitting = [signature for signature, size in enumerate(sizes) if size >= length]
    if not fitting:
        raise InputError(
            f"sequence of {length} steps is longer than this bundle takes ({sizes[0]}): "
            "cut it, or convert again with a longer --max-length"
        )
    return Piece(fitting[-1], 0, length)
