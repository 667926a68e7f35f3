"""Tokens of the target as text, token by token."""

from __future__ import annotations

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.text.spans import Span
from edgernn.edge_runtime.translate.source import SourceText


class Speaker:
    """Puts a translation together.

    Args:
      pieces: what the target's tokens are.
      task: which token is unknown: in its place comes what `source.copied` finds by the attention.
      source: what is translated.

    Attributes:
      spans: characters [start, stop) that each token has written.
    """

    def __init__(self, pieces: Pieces, task: TranslateSpec, source: SourceText) -> None:
        self._decoder = pieces.decoder()
        self._task, self._source = task, source
        self._used: set[int] = set()
        self._length = 0
        self.spans: list[Span] = []

    def feed(self, token: int, attention: Scores | None) -> str:
        """The text that a token adds."""
        text = self._decoder.feed(token)
        if token == self._task.unknown:
            text = self._copied(attention)
        if not self._length:
            text = text.lstrip()
        self.spans.append((self._length, self._length + len(text)))
        self._length += len(text)
        return text

    def finish(self) -> str:
        """What is left at the end."""
        return self._decoder.finish()

    def _copied(self, attention: Scores | None) -> str:
        text = "" if attention is None else self._source.copied(attention, self._used)
        # Where tokens are words, the blank before one is part of it.
        return f" {text}" if self._length and self._task.level in ("blank", "word") else text
