"""A source as the model reads it, and which of its words each token belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.text.spans import Span
from edgernn.edge_runtime.translate.alignment import most_attended, token_words


@dataclass(frozen=True)
class SourceText:
    """A source.

    Attributes:
      text: its characters.
      ids: its tokens.
      words: for each token the characters [start, stop) of the word that it belongs to.
      stood_for: places of the tokens that stand for something (see `kept`).
    """

    text: str
    ids: tuple[int, ...]
    words: tuple[Span, ...]
    stood_for: tuple[int, ...] = ()

    def copied(self, attention: Scores, used: set[int]) -> str:
        """What comes in the place of an unknown token: what a token stands for, or the word, that got most attention.

        Args:
          attention: float32 [source].
          used: places of tokens that have come; one more is put into it.
        """
        left = [place for place in self.stood_for if place not in used and place < len(attention)]
        if left:
            place = left[int(np.argmax(attention[left]))]
            used.add(place)
            start, stop = self.words[place]
            return self.text[start:stop]
        if not self.words:
            return ""
        (start, stop), _ = most_attended(attention, self.words)
        return self.text[start:stop]


def read_source(
    text: str, encode: Callable[[str], list[int]], stand_ins: str, unknown: int, longest: int, by_word: bool
) -> SourceText:
    """Tokenizes a source.

    Args:
      text: any.
      encode: tokenizes a text.
      stand_ins: characters that stand for something: each is read as the unknown token.
      unknown: that token.
      longest: tokens that are read at most.
      by_word: whether to find out which word each token belongs to, which takes time; otherwise each belongs to all.
    """
    ids: list[int] = []
    words: list[Span] = []
    stood_for: list[int] = []
    start = 0
    for place in [n for n, character in enumerate(text) if character in stand_ins] + [len(text)]:
        part = encode(text[start:place]) if place > start else []
        ids += part
        if by_word:
            words += [(low + start, high + start) for low, high in token_words(text[start:place], encode, part)]
        else:
            words += [(start, place)] * len(part)
        if place < len(text):
            stood_for.append(len(ids))
            ids.append(unknown)
            words.append((place, place + 1))
        start = place + 1
    return SourceText(text, tuple(ids[:longest]), tuple(words[:longest]), tuple(n for n in stood_for if n < longest))
