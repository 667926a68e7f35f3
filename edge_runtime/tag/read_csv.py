"""CSV and TSV with a header: a word a line, and the sentence that it is of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tag.schemes import OUTSIDE
from edgernn.edge_runtime.tag.sentence import Sentence

_WORDS = ("word", "token", "words", "tokens", "form", "text")
_SENTENCES = ("sentence #", "sentence", "sentence_id", "sentence id", "sent_id", "sent")
_SPLIT = "split"


def header_of(text: str) -> tuple[list[str], str] | None:
    """The names in the first line, if one of them is a word's column, and what stands between them."""
    first = text.lstrip("\ufeff").split("\n", 1)[0].rstrip("\r")
    for delimiter in ("\t", ";", ","):
        names = next(csv.reader([first], delimiter=delimiter), [])
        if len(names) > 1 and any(name.strip().casefold() in _WORDS for name in names):
            return [name.strip() for name in names], delimiter
    return None


def read_csv(path: Path, text: str, names: Sequence[str] = (), split: str = "") -> Iterator[Sentence]:
    """The sentences of a file.

    The columns are found by name: the word's, the sentence's (which may stand in a sentence's first line alone; without
    one an empty line ends a sentence), "split"; the others are labels. An empty label is "O".

    Args:
      path: for messages.
      text: the file's content.
      names: of the label columns; () for all others.
      split: of the sentences that name none.

    Raises:
      InputError: there is no such header, a chosen column is missing, or a line is too short.
    """
    found = header_of(text)
    if found is None:
        raise InputError(f"{path}: its first line names no column of words (one of {', '.join(_WORDS)})")
    header, delimiter = found
    folded = [name.casefold() for name in header]
    word = next(folded.index(name) for name in _WORDS if name in folded)
    sentence = next((folded.index(name) for name in _SENTENCES if name in folded), None)
    parts = folded.index(_SPLIT) if _SPLIT in folded else None
    if missing := [name for name in names if name not in header]:
        raise InputError(f"{path}: no column {', '.join(missing)}: there are {', '.join(header)}")
    labels = {n: i for i, n in enumerate(header) if i not in (word, sentence, parts) and (not names or n in names)}
    if not labels:
        raise InputError(f"{path}: no column of labels beside {', '.join(header)}")
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    next(reader)
    for row in reader:
        blank = not any(cell.strip() for cell in row)
        begins = sentence is not None and not blank and bool(rows) and row[sentence] not in ("", rows[-1][sentence])
        if rows and (blank or begins):
            yield _sentence(rows, word, labels, parts, split, path)
            rows = []
        if blank:
            continue
        if len(row) < len(header) or not row[word].strip():
            raise InputError(f"{path} line {reader.line_num}: {len(row)} cells for {len(header)} columns, or no word")
        if sentence is not None and rows and not row[sentence]:
            row[sentence] = rows[-1][sentence]
        rows.append(row)
    if rows:
        yield _sentence(rows, word, labels, parts, split, path)


def _sentence(
    rows: list[list[str]], word: int, labels: dict[str, int], parts: int | None, split: str, path: Path
) -> Sentence:
    named = rows[0][parts] if parts is not None else split
    if named not in ("", "train", "validation", "test"):
        raise InputError(f"{path}: split {named!r}: expected train, validation or test")
    tags = {name: tuple(row[place].strip() or OUTSIDE for row in rows) for name, place in labels.items()}
    return Sentence(tuple(row[word].strip() for row in rows), tags, named)
