"""What a language model adds to a bundle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LmSpec:
    """A language model: from the tokens so far to those that may follow.

    Attributes:
      name: always "lm".
      tokenizer: asset name; Hugging Face tokenizers' format.
      input: the model input that takes the ids, int32 [1, time].
      output: the model output, logits float32 [1, time, vocabulary].
      level: what a token is: what stands between blanks, a word with the blank before it, a piece of one in bytes
        ("bpe"), or a character.
      end: id of the token that ends a text (a line, where tokens stand between blanks); every text begins after it.
      unknown: id of what the vocabulary does not hold; never generated.
      max_prompt: tokens of a prompt that are read, its last ones.
    """

    name: Literal["lm"]
    tokenizer: str
    input: str
    output: str
    level: Literal["blank", "word", "bpe", "char"]
    end: int
    unknown: int
    max_prompt: int = 2000

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        return (self.tokenizer,)
