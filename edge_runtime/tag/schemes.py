"""Spans as labels of their tokens: IOB1, IOB2 and IOBES, read and written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["iob1", "iob2", "iobes", "none"]
OUTSIDE = "O"
# BILOU's and BMEWO's letters for what IOBES calls I, E and S.
_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}


@dataclass(frozen=True)
class Span:
    """Tokens `start` up to `stop` (not included) have this label."""

    label: str
    start: int
    stop: int


def scheme_of(sequences: Iterable[Sequence[str]]) -> Scheme:
    """The scheme that labels are written in; "none" where they are plain classes, such as parts of speech.

    Args:
      sequences: labels of the tokens, a sequence each.
    """
    letters: set[str] = set()
    begun_by_inside = False
    for labels in sequences:
        last = ("", "")
        for label in labels:
            letter, name = _parted(label)
            if not letter:
                return "none"
            letters.add(letter)
            begun_by_inside |= letter == "I" and last[1] != name
            last = letter, name
    if letters <= {OUTSIDE}:
        return "none"
    if letters & {"E", "S"}:
        return "iobes"
    return "iob1" if begun_by_inside else "iob2"


def spans_of(labels: Sequence[str]) -> list[Span]:
    """The spans that labels of any of the schemes mark, in order; faulty ones are read as conlleval reads them.

    Args:
      labels: of the tokens; what has no scheme's form is outside.
    """
    found: list[Span] = []
    name, start = "", 0
    letter_before = OUTSIDE
    for place, label in enumerate(labels):
        letter, now = _parted(label)
        begins = letter in ("B", "S") or (letter in ("I", "E") and (now != name or letter_before in ("E", "S")))
        if name and (begins or letter in ("", OUTSIDE)):
            found.append(Span(name, start, place))
            name = ""
        if begins:
            name, start = now, place
        letter_before = letter
    return [*found, Span(name, start, len(labels))] if name else found


def labels_of(spans: Iterable[Span], length: int, scheme: Scheme) -> list[str]:
    """Labels of `length` tokens.

    Args:
      spans: in any order, without overlaps.
      length: number of tokens.
      scheme: to write in, not "none".
    """
    labels = [OUTSIDE] * length
    last: Span | None = None
    for span in sorted(spans, key=lambda one: one.start):
        inside = f"I-{span.label}"
        labels[span.start : span.stop] = [inside] * (span.stop - span.start)
        touches = last is not None and last.stop == span.start and last.label == span.label
        if scheme != "iob1" or touches:
            labels[span.start] = f"B-{span.label}"
        if scheme == "iobes":
            labels[span.stop - 1] = f"{'S' if span.stop - span.start == 1 else 'E'}-{span.label}"
        last = span
    return labels


def may_follow(before: str | None, after: str | None, scheme: Scheme) -> bool:
    """Whether `after` may stand behind `before` in a scheme.

    Args:
      before: a label, or None for the beginning of a sequence.
      after: a label, or None for the end.
      scheme: "none" allows everything.
    """
    if scheme == "none":
        return True
    left, name = _parted(before or OUTSIDE)
    right, following = _parted(after or OUTSIDE)
    same = name == following
    if scheme == "iob1":
        return right != "B" or (same and left in ("B", "I"))
    if scheme == "iob2":
        return right != "I" or (same and left in ("B", "I"))
    goes_on = right in ("I", "E")
    return goes_on and same if left in ("B", "I") else not goes_on


def _parted(label: str) -> tuple[str, str]:
    """A scheme's letter ("" where there is none) and the span's label."""
    if label == OUTSIDE:
        return OUTSIDE, ""
    letter, dash, name = label.partition("-")
    if not dash or not name:
        return "", ""
    return _LETTERS.get(letter, ""), name
