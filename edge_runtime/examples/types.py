"""What a file of labelled texts holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A text, as it stands in the file, and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class BadLine:
    """A line that was left out: its number in the file (the first is 1) and why."""

    number: int
    reason: str


@dataclass(frozen=True)
class Table:
    """A file that was read.

    Attributes:
      examples: in the file's order.
      text_column: name of the column or key that was taken as text ("column 2" without a header).
      label_column: the same for the label.
      bad_lines: what was left out.
      format: "csv", "tsv" or "jsonl".
      sha256: of the file's bytes.
    """

    examples: tuple[Example, ...]
    text_column: str
    label_column: str
    bad_lines: tuple[BadLine, ...]
    format: str
    sha256: str
