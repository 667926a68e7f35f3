"""What a captioner adds to a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from edgernn.edge_runtime.spec.vision import PictureSpec


@dataclass(frozen=True)
class CaptionSpec:
    """Image captioning: a convolutional encoder sees the picture once, a decoder writes the sentence token by token.

    Attributes:
      name: always "caption".
      tokenizer: asset name; Hugging Face tokenizers' format.
      language: of the captions, BCP-47, or "".
      begin: id that the decoder reads first.
      end: id that it writes last.
      pad: id; never generated.
      unknown: id of what the vocabulary does not hold; never generated.
      max_tokens: longest caption, its end counted.
      image: the rule by which pictures are made ready.
      grid: rows and columns of the places that the decoder attends to, row by row in `attention`.
      level: what a token is: what stands between blanks, a word with the blank before it, a piece of one in bytes
        ("bpe"), or a character.
      picture: the encoder's input, float32 [1, size, size, 3].
      token: the step's input, int32 [rows, 1].
      logits: the step's output, float32 [rows, vocabulary].
      attention: the step's output, float32 [rows, places]; what is missing to one was attended to no place (a visual
        sentinel's share).
    """

    name: Literal["caption"]
    tokenizer: str
    language: str
    begin: int
    end: int
    pad: int
    unknown: int
    max_tokens: int
    image: PictureSpec
    grid: tuple[int, int]
    level: Literal["blank", "word", "bpe", "char"] = "word"
    picture: str = "picture"
    token: str = "token"  # noqa: S105 - a token of a text, no secret
    logits: str = "logits"
    attention: str = "attention"

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        return (self.tokenizer,)

    def faults(self) -> Iterator[str]:
        """What cannot be right, one sentence each."""
        ids = (self.begin, self.end, self.pad, self.unknown)
        if min(ids) < 0 or len(set(ids)) < len(ids):
            yield "task: begin, end, pad and unknown: expected four different ids, 0 or more"
        if self.max_tokens < 1:
            yield "task.max_tokens: expected 1 or more"
        if len(self.grid) != 2 or min(self.grid) < 1:
            yield "task.grid: expected two numbers, rows and columns, of 1 or more"
        names = (self.picture, self.token, self.logits, self.attention)
        if len(set(names)) < len(names):
            yield "task: picture, token, logits and attention: expected different names"
        for fault in self.image.faults():
            yield f"task.{fault}"
