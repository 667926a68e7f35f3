"""What a translation must keep: addresses, variables, inline tags, numbers.

The rule: addresses of the web and of mail and variables (`{name}`, `%s`) have something go through the model in their
place, and are put where that comes out. Where tokens are bytes or characters, it is a number of two digits, which
models learn to copy; where they are words, it is the unknown token, placed by the attention (Luong et al. 2015,
"Addressing the Rare Word Problem"). Numbers of two digits or more go through as they are; a single one that comes out
wrong is put right where it stands, otherwise numbers go through in the same way as addresses. A translation counts only
where everything is in it once; otherwise the sentence is cut at what must be kept, and the pieces between are
translated by themselves. Inline tags (`<b>`) are taken out, and put back where the attention says that the words beside
them went.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from edgernn.edge_runtime.translate.edited import Edited
from edgernn.edge_runtime.translate.outcome import Link

_ADDRESS = (
    r"(?:\b[a-z][a-z0-9+.\-]{1,15}://|\bwww\.)[^\s<>\"]{0,2000}[^\s<>\"'.,;:!?)\]}\u2019\u201d]"
    r"|[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}"
)
_VARIABLE = r"\$?\{\{?[^{}\s]{1,80}\}?\}|%\(\w{1,80}\)[sdf]|%[sdf]\b|%\d+\$[sd]"
_REPLACED = re.compile(rf"{_ADDRESS}|{_VARIABLE}", re.IGNORECASE)
_NUMBER = re.compile(r"\d(?:[\d.,:/'\u00a0\-]{0,40}\d)")
_CUT = re.compile(rf"({_ADDRESS}|{_VARIABLE}|{_NUMBER.pattern})", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")
# Private characters, each of which may stand for something else.
_STAND_INS = range(0xF0000, 0xFFFFE)
# Numbers that may: such as are no hour, day or month; longer ones where these do not do.
_SPOKEN = (*range(41, 100), *range(141, 1000))


@dataclass(frozen=True)
class Masked:
    """A sentence with a character or a number in the place of each thing that must be kept.

    Attributes:
      edited: the sentence before and after.
      kept: what each of them stands for.
    """

    edited: Edited
    kept: dict[str, str]

    def restored(self, text: str) -> Edited | None:
        """A translation with what they stand for; None where it does not have each of them once."""
        changes = []
        for one, original in self.kept.items():
            # Not within a longer number.
            places = list(re.finditer(rf"(?<!\d){one}(?!\d)" if one.isdigit() else one, text))
            if len(places) != 1:
                return None
            changes.append((*places[0].span(), original))
        return Edited(text, sorted(changes))


def mask(sentence: str, numbers: bool = False, spoken: bool = False) -> Masked:
    """Puts something that does not occur in a sentence in the place of addresses and variables.

    Args:
      sentence: any text.
      numbers: of numbers with two digits or more too.
      spoken: numbers of two digits, or of three where there are many; otherwise private characters.
    """
    candidates = map(str, _SPOKEN) if spoken else map(chr, _STAND_INS)
    free = (one for one in candidates if one not in sentence)
    changes, kept = [], dict[str, str]()
    # No more things than there are stand-ins for them: what is left is text like any other.
    for found, one in zip((_CUT if numbers else _REPLACED).finditer(sentence), free, strict=False):
        kept[one] = found.group()
        changes.append((found.start(), found.end(), one))
    return Masked(Edited(sentence, changes), kept)


def renumbered(source: str, text: str) -> Edited | None:
    """A translation with the numbers of its source.

    Where one number of the source is missing and one that the source does not have is there, the model has misspelt it:
    the source's takes its place. Several of them might have changed places.

    Args:
      source: whose numbers of two digits or more count, however their digits are grouped.
      text: the translation.

    Returns:
      None where a number is missing and nothing stands for it.
    """
    wanted, found = _numbers(source), _numbers(text)
    missing, strange = _beyond(wanted, found), _beyond(found, wanted)
    if not missing:
        return Edited(text, [])
    if len(missing) > 1 or len(strange) != 1:
        return None
    return Edited(text, [(strange[0].start(), strange[0].end(), missing[0].group())])


def _beyond(some: Sequence[re.Match[str]], others: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Those of some numbers that the others do not have as often."""
    left = Counter(map(_digits, others))
    beyond = []
    for number in some:
        left[_digits(number)] -= 1
        if left[_digits(number)] < 0:
            beyond.append(number)
    return beyond


def _numbers(text: str) -> list[re.Match[str]]:
    return list(_NUMBER.finditer(text))


def _digits(number: re.Match[str]) -> str:
    return re.sub(r"\D", "", number.group())


def cut_at_kept(sentence: str) -> list[tuple[str, bool]]:
    """The sentence in pieces, and whether each must be kept; they add up to it."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for found in _CUT.finditer(sentence):
        pieces += [(sentence[end : found.start()], False), (found.group(), True)]
        end = found.end()
    pieces.append((sentence[end:], False))
    return [(text, kept) for text, kept in pieces if text]


@dataclass(frozen=True)
class Untagged:
    """A sentence without its inline tags.

    Attributes:
      edited: the sentence before and after.
      tags: place in the text after, and the tag, in order.
    """

    edited: Edited
    tags: tuple[tuple[int, str], ...]


def untag(sentence: str) -> Untagged:
    """Takes the inline tags out."""
    found = list(_TAG.finditer(sentence))
    edited = Edited(sentence, [(tag.start(), tag.end(), "") for tag in found])
    taken, tags = 0, []
    for tag in found:
        tags.append((tag.start() - taken, tag.group()))
        taken += len(tag.group())
    return Untagged(edited, tuple(tags))


def retagged(text: str, tags: Sequence[tuple[int, str]], links: Sequence[Link]) -> Edited:
    """A translation with the tags of its source, in their order.

    Args:
      text: the translation.
      tags: places in the source.
      links: between the source and the translation.
    """
    changes, least = [], 0
    for place, tag in tags:
        least = max(least, _place_of(tag, place, text, links))
        changes.append((least, least, tag))
    return Edited(text, changes)


def _place_of(tag: str, place: int, text: str, links: Sequence[Link]) -> int:
    if tag.startswith("</"):
        return max((link.target[1] for link in links if link.source[0] < place), default=0 if place == 0 else len(text))
    return min((link.target[0] for link in links if link.source[1] > place), default=len(text))
