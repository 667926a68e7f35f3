"""How a picture becomes a model's input: a bundle carries this, and training and devices follow it alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Of the rules below; a change that gives other pixels needs a new number.
PICTURE_RULES = 1
_MOST_SIDE = 4096


@dataclass(frozen=True)
class PictureSpec:
    """The rule by which pictures of any size become arrays of one size.

    Sizes are changed in two steps, both of whole numbers, so that every version of OpenCV on every machine gives the
    same pixels: while the picture would still be at least as large as wanted, each 2 x 2 block becomes its mean (an odd
    last row or column is left out); then a bilinear step in fixed point (`INTER_LINEAR_EXACT`). Where JPEG's decoder
    can shrink while it decodes, it makes the first halves, but never the last one.

    Attributes:
      size: height and width that the model reads, pixels.
      fit: "stretch" (proportions are lost, nothing else), "crop" (the middle of the longer side is kept) or "pad" (the
        whole picture in the middle of a white square).
      keep: with "crop", the part of the shorter side that is kept, more than 0 to 1: 0.875 cuts an eighth away, as
        ImageNet models are tested.
      order: of the channels that the model reads.
      mean: subtracted from each value, 0 to 255.
      scale: by which the difference is divided, more than 0.
      rules: version of what this says.
    """

    size: int
    fit: Literal["stretch", "crop", "pad"] = "crop"
    keep: float = 1.0
    order: Literal["rgb", "bgr"] = "rgb"
    mean: float = 127.0
    scale: float = 128.0
    rules: int = PICTURE_RULES

    def faults(self) -> Iterator[str]:
        """What cannot be right, one sentence each."""
        if not 1 <= self.size <= _MOST_SIDE:
            yield f"picture.size: expected 1 to {_MOST_SIDE}, found {self.size}"
        if not 0.0 < self.keep <= 1.0:
            yield f"picture.keep: expected more than 0, to 1, found {self.keep}"
        if not 0.0 <= self.mean <= 255.0:
            yield f"picture.mean: expected 0 to 255, found {self.mean}"
        if not 0.0 < self.scale < float("inf"):
            yield f"picture.scale: expected more than 0, found {self.scale}"
        if not 1 <= self.rules <= PICTURE_RULES:
            yield f"picture.rules: this version knows rules up to {PICTURE_RULES}, found {self.rules}: update edgernn"
