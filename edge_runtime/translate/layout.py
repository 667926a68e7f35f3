"""Cuts a text into sentences and what stands between them; together they are the text again.

A sentence ends at . ! ? or an ellipsis, with what closes behind it, before a blank and what may begin a sentence; and
at the full-width marks of Chinese and Japanese. Line breaks, tabs, runs of blanks, tags of blocks (<p>), bullets and
the numbers of list items are layout. A period behind a single capital letter or one of a few abbreviations ends no
sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Line breaks of every kind, tabs, and two blanks or more; blanks around them belong to them.
_BLOCKS = "br|p|div|li|ul|ol|h[1-6]|hr|table|tr|td|th|pre|section|article|header|footer|blockquote"
_LAYOUT = re.compile(
    rf"\s*</?(?:{_BLOCKS})(?:[\s/][^<>]{{0,300}})?>\s*"
    r"|[^\S\r\n]*[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029]\s*|\s{2,}|^\s+|\s+$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*+\u2022\u2013\u2014>#]+|\(?\d{1,3}[.)]|[A-Za-z][.)])\s+")
_CLOSING = "\"'\u2019\u201d\u00bb)\\]}"
_END = re.compile(
    rf"(?:(?<![.!?\u2026])[.!?\u2026]+[{_CLOSING}]*(?=\s+[^a-z\s])|[\u3002\uff01\uff1f]+[\u300d\u300f\uff09]*(?=\S))"
)
# fmt: off
_ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "fig", "vol", "approx", "sra",
    "srta", "dra", "ud", "uds", "p\u00e1g", "n\u00fam", "gen", "col", "lt", "sgt", "rev", "z.b", "bzw", "usw",
})
# fmt: on
# Longer than every abbreviation.
_LOOK_BACK = 12
_LAST_WORD = re.compile(r"[^\s(\[\"']+$")
_CLAUSE = re.compile(r"[;:,\u2014\u2013\u060c\u3001\uff0c\uff1b]\s*")


@dataclass(frozen=True)
class Part:
    """A piece of a text.

    Attributes:
      text: its characters.
      is_sentence: whether it is to be translated; layout otherwise.
    """

    text: str
    is_sentence: bool


def parts_of(text: str) -> list[Part]:
    """The parts of a text in their order; their texts add up to it."""
    parts: list[Part] = []
    end = 0
    for gap in _LAYOUT.finditer(text):
        parts += _line_parts(text[end : gap.start()])
        parts.append(Part(gap.group(), False))
        end = gap.end()
    parts += _line_parts(text[end:])
    return [part for part in parts if part.text]


def _line_parts(line: str) -> Iterator[Part]:
    bullet = _BULLET.match(line)
    if bullet:
        yield Part(bullet.group(), False)
        line = line[bullet.end() :]
    start = 0
    for mark in _END.finditer(line):
        if _is_abbreviation(line[max(start, mark.start() - _LOOK_BACK) : mark.start()], mark.group()):
            continue
        yield Part(line[start : mark.end()], True)
        start = mark.end() + len(line[mark.end() :]) - len(line[mark.end() :].lstrip())
        yield Part(line[mark.end() : start], False)
    yield Part(line[start:], True)


def _is_abbreviation(before: str, mark: str) -> bool:
    if mark != ".":
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return False
    found = word.group()
    return (len(found) == 1 and found.isupper()) or found.lower() in _ABBREVIATIONS


def shortened(sentence: str, fits: Callable[[str], bool]) -> list[str]:
    """The pieces of a sentence that is too long: cut at clause marks, else at blanks, else anywhere.

    Args:
      sentence: any text.
      fits: whether a piece is short enough; true of any single character.

    Returns:
      Pieces that add up to the sentence.
    """
    waiting, found = [sentence], list[str]()
    while waiting:
        piece = waiting.pop()
        if len(piece) <= 1 or fits(piece):
            found.append(piece)
        else:
            waiting += reversed(halved(piece))
    return found


def halved(text: str) -> tuple[str, str]:
    """Two pieces of a text of two characters or more: cut at a clause mark, else at a blank, else in the middle."""
    place = _middle_cut(text)
    return text[:place], text[place:]


def _middle_cut(text: str) -> int:
    """The best place for a cut, in the middle half of the text."""
    low, high = len(text) // 4, len(text) - len(text) // 4
    for pattern in (_CLAUSE, _BLANK):
        places = [m.end() for m in pattern.finditer(text, low, high) if 0 < m.end() < len(text)]
        if places:
            return min(places, key=lambda place: abs(place - len(text) // 2))
    return len(text) // 2


_BLANK = re.compile(r"\s+")
