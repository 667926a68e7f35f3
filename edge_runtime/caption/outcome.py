"""What a captioner gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edgernn.edge_runtime.decode.scorer import Scores


@dataclass(frozen=True)
class Look:
    """Where a word looked.

    Attributes:
      word: the word.
      span: its characters [start, stop) of the caption.
      weights: float32 [rows, columns], the mean of its tokens'; they add up to 1, or less with a visual sentinel. The
        places cover the square that the model sees, row by row.
    """

    word: str
    span: tuple[int, int]
    weights: Scores = field(compare=False)


@dataclass(frozen=True)
class Caption:
    """A sentence about a picture.

    Attributes:
      text: without blanks at its ends.
      score: natural logarithm of its probability, made comparable between lengths (see `CaptionOptions`).
      attention: for each word, where it was asked for.
    """

    text: str
    score: float
    attention: tuple[Look, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; without `attention` where there is none."""
        plain: dict[str, Any] = {"text": self.text, "score": self.score}
        if self.attention:
            plain["attention"] = [
                {"word": one.word, "span": list(one.span), "weights": one.weights.round(6).tolist()}
                for one in self.attention
            ]
        return plain
