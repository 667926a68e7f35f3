"""Cuts a text into words, each where it stands in the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Between two word characters these join; a comma or a colon only between digits ("1,000", "20:30").
_JOINERS = frozenset("-._'\u2019&/@+\u2010\u2011\u00b7")
_DIGIT_JOINERS = frozenset(",:")
_ENDS = frozenset(".!?\u2026\u3002\uff01\uff1f\u061f\u0964")
_CLOSING = frozenset("\"')]}\u2019\u201d\u00bb")
# English words that the Penn Treebank cuts off.
CLITICS = ("'s", "'re", "'ve", "'ll", "'d", "'m", "n't")
_JOINER, _KEYCAP = "\u200d", "\u20e3"


@dataclass(frozen=True)
class Word:
    """Characters `start` up to `end` (not included) of a text."""

    text: str
    start: int
    end: int


def words_of(
    text: str, clitics: tuple[str, ...] = (), is_known: Callable[[str], bool] = lambda word: False
) -> list[Word]:
    """The words, numbers, marks and symbols of a text.

    Combining characters stay with what they change, and emoji are whole. Chinese, Japanese and the like, whose words
    nothing separates, come character by character.

    Args:
      text: any characters.
      clitics: of `CLITICS`, those to cut off.
      is_known: whether a word with the period behind it is an abbreviation.
    """
    found: list[Word] = []
    for start, end in _cuts(text):
        if clitics and text[start].isalpha():
            cut = _clitic(text[start:end], clitics)
            if cut:
                found.append(Word(text[start : start + cut], start, start + cut))
                start += cut
        elif text[start:end] == "." and found and found[-1].end == start and is_known(found[-1].text + "."):
            start = found.pop().start
        found.append(Word(text[start:end], start, end))
    return found


def sentences_of(text: str, words: list[Word]) -> list[list[Word]]:
    """The words by sentence: one ends at its mark, if white space follows, and at an empty line."""
    sentences: list[list[Word]] = [[]]
    ended = False
    for number, word in enumerate(words):
        before = text[words[number - 1].end : word.start] if number else ""
        if sentences[-1] and (before.count("\n") > 1 or (ended and before and word.text not in _CLOSING)):
            sentences.append([])
        sentences[-1].append(word)
        ended = word.text in _ENDS or (ended and word.text in _CLOSING)
    return [sentence for sentence in sentences if sentence]


def _clitic(word: str, clitics: tuple[str, ...]) -> int:
    """Where the clitic at a word's end begins; 0: there is none."""
    plain = word.lower().replace("\u2019", "'")
    for clitic in clitics:
        if plain.endswith(clitic) and len(plain) == len(word) and len(plain) > len(clitic):
            return len(plain) - len(clitic)
    return 0


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    place, length = 0, len(text)
    while place < length:
        if _is_blank(text[place]):
            place += 1
            continue
        start = place
        place = _end_of_word(text, place) if _is_word(text[place]) else _end_of_symbol(text, place)
        yield start, place


def _end_of_word(text: str, place: int) -> int:
    alone = _stands_alone(text[place])
    place += 1
    while place < len(text):
        here = text[place]
        if _is_mark(here):
            place += 1
        elif alone:
            break
        elif _is_word(here):
            if _stands_alone(here):
                break
            place += 1
        elif place + 1 < len(text) and _joins(text[place - 1], here, text[place + 1]):
            place += 1
        else:
            break
    return place


def _joins(before: str, here: str, after: str) -> bool:
    if here in _JOINERS:
        return _is_word(after) and not _stands_alone(after)
    return here in _DIGIT_JOINERS and before.isdigit() and after.isdigit()


def _end_of_symbol(text: str, place: int) -> int:
    """Behind a mark or symbol with what belongs to it: an emoji's colour, its other parts, a flag's second letter."""
    first = text[place]
    place += 1
    if _is_flag_letter(first) and place < len(text) and _is_flag_letter(text[place]):
        place += 1
    while place < len(text):
        here = text[place]
        if here == _JOINER and place + 1 < len(text) and not _is_blank(text[place + 1]):
            place += 2
        elif here in (_JOINER, _KEYCAP) or _is_mark(here) or "🏻" <= here <= "🏿":
            place += 1
        elif here == first and first in ".-*=_~\u2026!?":
            # A row of the same mark is one: an ellipsis, a rule.
            place += 1
        else:
            break
    return place


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp") or character == "\ufeff"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _is_word(character: str) -> bool:
    return character.isalnum() or _is_mark(character)


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _stands_alone(character: str) -> bool:
    """Ideographs and kana."""
    code = ord(character)
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x4DBF
        or 0x4E00 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )
