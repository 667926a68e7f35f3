"""Which tokens wrote which word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Span = tuple[int, int]
_WORD = re.compile(r"\S+")


def words_with_tokens(text: str, tokens: Sequence[Span]) -> Iterator[tuple[Span, list[int]]]:
    """Each word's characters [start, stop) and the numbers of the tokens that wrote it; words without any are left out.

    Args:
      text: words stand between blanks.
      tokens: characters that each of its tokens wrote, maybe none.
    """
    for word in _WORD.finditer(text):
        found = [
            n for n, (start, stop) in enumerate(tokens) if start < word.end() and max(stop, start + 1) > word.start()
        ]
        if found:
            yield word.span(), found
