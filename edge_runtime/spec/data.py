"""Where a bundle's training data came from, under which licence, and how it was split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SplitSpec:
    """How examples were divided, so that anyone can divide the same file again.

    Attributes:
      method: `stratified-sha256`: in each class, examples are ranked by SHA-256 of seed and text.
        `last-values`: of each series the test part that its file names, or its last values.
        `given`: as the data set's authors divided it.
        `blocks-sha256`: a text's blocks by their number and the seed.
        `sentences-sha256`: sentences by SHA-256 of seed and tokens.
        `groups-sha256`: pictures by SHA-256 of seed and group; a group is what must not be divided.
      seed: any whole number.
      fractions: part of each class by split name ("train", "validation", "test"); they add up to 1.
      counts: number of examples by split name.
      duplicates_removed: examples left out because an equal text came before them.
    """

    method: Literal["stratified-sha256", "last-values", "given", "blocks-sha256", "sentences-sha256", "groups-sha256"]
    seed: int
    fractions: dict[str, float]
    counts: dict[str, int]
    duplicates_removed: int = 0


@dataclass(frozen=True)
class DataSpec:
    """The data behind the figures.

    Attributes:
      name: catalogue name ("sms-spam") or the user's file name.
      sha256: of the file that was read.
      licence: the data set's own licence ("unknown" for a user's file).
      credit: whom to name, one line.
      text_column: column or key that held the text; "" for series.
      label_column: column or key that held the label; "" for series.
      split: how it was divided.
    """

    name: str
    sha256: str
    licence: str
    credit: str
    text_column: str
    label_column: str
    split: SplitSpec
