"""A text in which pieces were replaced, and where each of its characters came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True)
class _Piece:
    """Characters [start, stop) before and after; a changed piece moves as a whole."""

    before: Span
    after: Span
    changed: bool


class Edited:
    """A text with some pieces replaced.

    Args:
      text: before.
      changes: (start, stop, what comes there), in order, none overlapping.

    Attributes:
      text: after.
    """

    def __init__(self, text: str, changes: Sequence[tuple[int, int, str]]) -> None:
        self._pieces: list[_Piece] = []
        parts: list[str] = []
        old = new = 0
        for start, stop, content in (*changes, (len(text), len(text), "")):
            self._pieces.append(_Piece((old, start), (new, new + start - old), False))
            new += start - old
            self._pieces.append(_Piece((start, stop), (new, new + len(content)), True))
            parts += [text[old:start], content]
            old, new = stop, new + len(content)
        self.text = "".join(parts)

    def before(self, span: Span) -> Span:
        """Where characters [start, stop) of the text after were before."""
        return _moved(span, [(piece.after, piece.before, piece.changed) for piece in self._pieces])

    def after(self, span: Span) -> Span:
        """Where characters [start, stop) of the text before are after."""
        return _moved(span, [(piece.before, piece.after, piece.changed) for piece in self._pieces])


def _moved(span: Span, pieces: Sequence[tuple[Span, Span, bool]]) -> Span:
    """From where pieces are to where they go; (0, 0) where nothing is left."""
    found: list[Span] = []
    for here, there, changed in pieces:
        low, high = max(span[0], here[0]), min(span[1], here[1])
        if low < high:
            shift = there[0] - here[0]
            found.append(there if changed else (low + shift, high + shift))
    return (found[0][0], found[-1][1]) if found else (0, 0)
