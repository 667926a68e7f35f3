"""Which word of a source each word of a translation came from, by the attention."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.text.spans import Span, words_with_tokens
from edgernn.edge_runtime.translate.outcome import Link

# Models leave a part out of sentences that are longer than those they have learnt from; so short ones are never cut.
LONG = 32
# Words that go by themselves ("do", "the") get little attention, but not so many in a row.
_LOOKED_AT, _ROW = 0.3, 8
_WITH_BLANK = re.compile(r"\s*\S+")


def token_words(text: str, encode: Callable[[str], list[int]], ids: Sequence[int]) -> list[Span]:
    """For each token of a text the characters [start, stop) of the word that it belongs to.

    Words are encoded one by one; where that gives other tokens than the whole text, each belongs to all of it.
    """
    spans: list[Span] = []
    found: list[int] = []
    for word in _WITH_BLANK.finditer(text):
        part = encode(word.group())
        found += part
        start = word.end() - len(word.group().lstrip())
        spans += [(start, word.end())] * len(part)
    return spans if found == list(ids) else [(0, len(text))] * len(ids)


def links_of(text: str, tokens: Sequence[Span], attention: Scores | None, words: Sequence[Span]) -> tuple[Link, ...]:
    """A link for each word of a translation.

    Args:
      text: the translation.
      tokens: characters [start, stop) of the translation that each of its tokens wrote.
      attention: float32 [tokens, source], or None.
      words: of the source, as `token_words` gives them.
    """
    if attention is None or not words:
        return ()
    links = []
    for word, rows in words_with_tokens(text, tokens):
        source, weight = most_attended(attention[rows].mean(axis=0), words)
        links.append(Link(source, word, weight))
    return tuple(links)


def leaves_out(attention: Scores, tokens: int) -> bool:
    """Whether a translation leaves out a part of a long source: eight tokens in a row that it has not looked at.

    Args:
      attention: float32 [tokens written, source or more].
      tokens: of the source.
    """
    if tokens < LONG:
        return False
    row = 0
    for total in attention[:, :tokens].sum(axis=0, dtype=np.float64).tolist():
        row = row + 1 if total < _LOOKED_AT else 0
        if row == _ROW:
            return True
    return False


def most_attended(attention: Scores, words: Sequence[Span]) -> tuple[Span, float]:
    """The word of the source that got most attention, and how much.

    Args:
      attention: float32 [source].
      words: one or more, as `token_words` gives them.
    """
    totals: dict[Span, float] = {}
    for span, weight in zip(words, np.asarray(attention, np.float64).tolist(), strict=False):
        totals[span] = totals.get(span, 0.0) + weight
    best = max(totals, key=totals.__getitem__)
    return best, round(totals[best], 6)
