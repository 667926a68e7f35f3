"""CoNLL's form: a token a line with its columns, an empty line between sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tag.sentence import Sentence

_DOCUMENT = "-DOCSTART-"
# Of CoNLL-U's ten columns: the word and what is a label a word.
_CONLL_U = {"upos": 3, "xpos": 4}
# What unnamed columns hold, by their number: CoNLL-2000 and CoNLL-2003.
_NAMES: dict[int, tuple[str, ...]] = {1: ("label",), 2: ("pos", "chunk"), 3: ("pos", "chunk", "ner")}


def read_conll(path: Path, text: str, names: Sequence[str] = (), split: str = "") -> Iterator[Sentence]:
    """The sentences of a file.

    The token comes first, its labels follow, between tabs or blanks; of CoNLL-U's ten columns the word and its two
    parts of speech are read. Lines of `-DOCSTART-` and comments are left out.

    Args:
      path: for messages.
      text: the file's content.
      names: of the label columns; () for the usual ones.
      split: of all its sentences.

    Raises:
      InputError: a line has another number of columns than the first one.
    """
    lines = text.split("\n")
    universal = _is_universal(lines)
    between = "\t" if any("\t" in line for line in lines) else None
    rows: list[list[str]] = []
    columns = 0
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r\n\ufeff ").lstrip("\ufeff")
        parts = line.split(between) if line.strip() else []
        if not parts or parts[0] == _DOCUMENT or (not rows and line.startswith("# ")):
            if rows:
                yield _sentence(rows, columns, names, universal, split)
            rows = []
            continue
        if universal and not parts[0].isdigit():
            continue  # a word in two, or one that is not written
        columns = columns or len(parts)
        if len(parts) != columns or columns < 2 or not all(parts):
            raise InputError(
                f"{path} line {number}: {len(parts)} columns, expected {columns if columns > 1 else '2 or more'}: "
                "a token a line, its labels behind it, an empty line between sentences"
            )
        rows.append(parts)
    if rows:
        yield _sentence(rows, columns, names, universal, split)


def looks_like_conll(text: str) -> bool:
    """Whether the first lines that are not empty are of two columns or more, all of the same number, with gaps."""
    lines = [line for line in text.split("\n")[:400] if line.strip() and not line.startswith(("# ", _DOCUMENT))]
    counts = {len(line.split("\t" if "\t" in line else None)) for line in lines[:-1] or lines}
    return len(counts) == 1 and min(counts) > 1 and "\n\n" in text.replace("\r\n", "\n").strip() + "\n\n"


def _sentence(rows: list[list[str]], columns: int, names: Sequence[str], universal: bool, split: str) -> Sentence:
    places = _CONLL_U if universal else _places(columns, names)
    token = 1 if universal else 0
    tags = {name: tuple(row[place] for row in rows) for name, place in places.items()}
    return Sentence(tuple(row[token] for row in rows), tags, split)


def _places(columns: int, names: Sequence[str]) -> dict[str, int]:
    names = names or _NAMES.get(columns - 1) or [f"label_{number}" for number in range(1, columns)]
    return {name: place for place, name in enumerate(names, 1) if place < columns}


def _is_universal(lines: Sequence[str]) -> bool:
    rows = [line.split("\t") for line in lines[:200] if line.strip() and not line.startswith("#")]
    return bool(rows) and all(len(row) == 10 for row in rows) and rows[0][0] in ("1", "1-2")
