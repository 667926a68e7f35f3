"""Labelled sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Sentence:
    """Tokens and their labels.

    Attributes:
      tokens: one or more, none empty.
      tags: by column, a label a token. A token with several labels at once has them joined by "|" in a column that is
        read so (see `ColumnSpec.kind`).
      split: "train", "validation" or "test" where the data says so, otherwise "".
    """

    tokens: tuple[str, ...]
    tags: Mapping[str, tuple[str, ...]]
    split: str = ""
