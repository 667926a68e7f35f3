"""What a translator gives."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """A word of a translation and the word of the source that most attention was on when it was written.

    Attributes:
      source: characters [start, stop) of the source.
      target: characters [start, stop) of the translation.
      weight: the attention that the source's word got, 0 to 1.
    """

    source: tuple[int, int]
    target: tuple[int, int]
    weight: float

    def moved(self, source: int, target: int) -> Link:
        """The same in texts with so many characters before."""
        return Link(
            (self.source[0] + source, self.source[1] + source),
            (self.target[0] + target, self.target[1] + target),
            self.weight,
        )

    def within(self, source: int, target: int) -> Link:
        """The same in texts that end after so many characters."""
        return Link(_until(self.source, source), _until(self.target, target), self.weight)


def _until(span: tuple[int, int], end: int) -> tuple[int, int]:
    return min(span[0], end), min(span[1], end)


@dataclass(frozen=True)
class Translation:
    """A text in the other language.

    Attributes:
      text: the translation.
      score: natural logarithm of its probability, made comparable between lengths (see `TranslationOptions`); of
        several sentences the mean by their tokens; 0 where nothing was to be translated.
      alignment: a link for each word, where it was asked for; none for what is kept as it is.
    """

    text: str
    score: float
    alignment: tuple[Link, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)
