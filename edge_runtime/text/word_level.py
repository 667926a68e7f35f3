"""A vocabulary of whole pieces: each piece is a token, or unknown."""

from __future__ import annotations


class WordLevel:
    """Looks pieces up.

    Args:
      vocabulary: id by piece.
      unknown: id for pieces that are not in the vocabulary.
    """

    def __init__(self, vocabulary: dict[str, int], unknown: int) -> None:
        self._vocabulary, self._unknown = vocabulary, unknown

    def encode(self, word: str) -> list[int]:
        """The piece's id."""
        return [self._vocabulary.get(word, self._unknown)]
