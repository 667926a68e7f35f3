"""Pairs that teach to keep what is not to be translated: the unknown token stands for the same word on both sides.

What a source holds that should come out as it is (a number, an address, a tag) can then be given to the model as the
unknown token, and put in the place where the model writes that token. This is the copying of unknown words of Luong et
al. 2015 ("Addressing the Rare Word Problem"), learnt from words that are known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from edgernn.train.translate.reading.bitext import Pair
from edgernn.train.translate.tokenizer import UNKNOWN_ID

_WORD = re.compile(r"\w+(?:[.,:'-]\w+)*")
# Shorter ones are the same in two languages by chance ("No").
_SHORTEST = 3


def gapped(pair: Pair) -> tuple[list[str], list[str]] | None:
    """What is left of both sides where their common names and numbers are cut out; None where there are none.

    These are words with a capital or with a digit that occur once on either side.
    """
    source, target = (Counter(_WORD.findall(side)) for side in (pair.source, pair.target))
    common = {word for word, count in source.items() if count == target[word] == 1 and _is_name(word)}
    if not common:
        return None
    return _cut(pair.source, common), _cut(pair.target, common)


def encoded(tokenizer: Any, parts: Sequence[str]) -> list[int]:
    """Ids of the parts, with the unknown token between them."""
    ids: list[int] = []
    for number, encoding in enumerate(tokenizer.encode_batch_fast(list(parts))):
        ids += [UNKNOWN_ID] * (number > 0) + list(encoding.ids)
    return ids


def _is_name(word: str) -> bool:
    return any(c.isdigit() for c in word) or (len(word) >= _SHORTEST and word[0].isupper())


def _cut(text: str, words: set[str]) -> list[str]:
    parts, start = [], 0
    for match in _WORD.finditer(text):
        if match.group() in words:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]
