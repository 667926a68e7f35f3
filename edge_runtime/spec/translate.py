"""What a translator adds to a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class TranslateSpec:
    """Translation: an encoder reads the source once, a decoder writes the target token by token.

    Source and target are given to the model without any token that begins or ends them, but for `begin`, which is what
    the decoder reads first, and `end`, which it writes last.

    Attributes:
      name: always "translate".
      source_tokenizer: asset name; Hugging Face tokenizers' format.
      target_tokenizer: asset name; the same one where both languages have the same tokens.
      source_language: BCP-47, or "".
      target_language: BCP-47, or "".
      begin: id in the target's vocabulary.
      end: id in the target's vocabulary.
      pad: id in both vocabularies; never generated.
      unknown: id of what the target's vocabulary does not hold; a word of the source is put in its place.
      max_source: tokens of the longest source that is read at once.
      closing: what is put behind a sentence that ends in a letter or a digit, and taken off its translation: models
        whose examples all end in a full stop do not know where others end. "": nothing.
      target_closing: what is taken off there, where the translation ends in it.
      level: what a token of the target is: what stands between blanks, a word with the blank before it, a piece of one
        in bytes ("bpe"), or a character.
      source: the encoder's input, int32 [1, source].
      token: the step's input, int32 [rows, 1].
      logits: the step's output, float32 [rows, vocabulary].
      attention: the step's output, float32 [rows, source].
    """

    name: Literal["translate"]
    source_tokenizer: str
    target_tokenizer: str
    source_language: str
    target_language: str
    begin: int
    end: int
    pad: int
    unknown: int
    max_source: int
    closing: str = ""
    target_closing: str = ""
    level: Literal["blank", "word", "bpe", "char"] = "bpe"
    source: str = "source"
    token: str = "token"  # noqa: S105 - a token of a text, no secret
    logits: str = "logits"
    attention: str = "attention"

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        return tuple(dict.fromkeys((self.source_tokenizer, self.target_tokenizer)))

    def faults(self) -> Iterator[str]:
        """What cannot be right, one sentence each."""
        ids = (self.begin, self.end, self.pad, self.unknown)
        if min(ids) < 0 or len(set(ids)) < len(ids):
            yield "task: begin, end, pad and unknown: expected four different ids, 0 or more"
        if self.max_source < 1:
            yield "task.max_source: expected 1 or more"
        if any(len(one) > 1 or one.isalnum() for one in (self.closing, self.target_closing)):
            yield "task: closing and target_closing: expected one punctuation mark each, or none"
        names = (self.source, self.token, self.logits, self.attention)
        if len(set(names)) < len(names):
            yield "task: source, token, logits and attention: expected different names"
