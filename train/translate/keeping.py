"""Pairs that teach to copy numbers: other ones stand in the place of what both sides have in common.

Numbers have too many values to be learnt one by one; and on the device they stand for what must not be translated,
such as addresses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np

from edgernn.edge_runtime.translate.reading.bitext import Pair

_WORD = re.compile(r"\w+(?:[.,:'-]\w+)*")
# Shorter ones are the same in two languages by chance ("No").
_SHORTEST = 3
_MOST_DIGITS = 4


def renumbered(pair: Pair, random: np.random.Generator) -> Pair | None:
    """A pair whose common names and numbers are numbers drawn at random; None where there are no such words.

    These are words with a capital or with a digit that occur once on either side. A number keeps its form ("10:45"
    becomes "73:09"), a name becomes one of up to four digits.

    Args:
      pair: a sentence and its translation.
      random: for the draw.
    """
    source, target = (Counter(_WORD.findall(side)) for side in (pair.source, pair.target))
    common = [word for word, count in source.items() if count == target[word] == 1 and _is_name(word)]
    if not common:
        return None
    others = {word: _drawn(word, random) for word in common}
    return Pair(_replaced(pair.source, others), _replaced(pair.target, others), pair.split)


def _is_name(word: str) -> bool:
    return any(c.isdigit() for c in word) or (len(word) >= _SHORTEST and word[0].isupper())


def _drawn(word: str, random: np.random.Generator) -> str:
    form = word if any(c.isdigit() for c in word) else "0" * int(random.integers(1, _MOST_DIGITS + 1))
    return "".join(str(random.integers(0, 10)) if c.isdigit() else c for c in form)


def _replaced(text: str, others: Mapping[str, str]) -> str:
    return _WORD.sub(lambda found: others.get(found.group(), found.group()), text)
