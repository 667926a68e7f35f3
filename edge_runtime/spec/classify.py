"""What a classifier adds to a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class TextSpec:
    """How text becomes token ids. Everything else is inside `tokenizer`, in Hugging Face tokenizers' format.

    Attributes:
      tokenizer: asset name; normalization, special tokens and truncation are stored in it.
      input: the model input that takes the ids, int32 [1, length].
      max_chars: characters beyond this are not read (bounds the time that a hostile text can cost).
    """

    tokenizer: str
    input: str
    max_chars: int


@dataclass(frozen=True)
class ClassifySpec:
    """Sequence classification.

    Attributes:
      name: always "classify".
      text: how the text is read.
      labels: asset name; one label a line, in the order of the output's last axis.
      output: the model output that holds one probability a label, float32 [1, labels].
      positive_label: the label whose F1 is quoted where there are two, or null.
    """

    name: Literal["classify"]
    text: TextSpec
    labels: str
    output: str
    positive_label: str | None = None

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        return (self.text.tokenizer, self.labels)
