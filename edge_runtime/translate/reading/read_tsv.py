"""Two columns: a sentence and its translation a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.reading.bitext import Bitext, Pair, checked_split, chosen_languages

LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_HEADERS = {"source": "source", "src": "source", "target": "target", "tgt": "target", "split": "split"}


def read_tsv(path: Path, text: str, wanted: tuple[str, str] = ("", "")) -> Bitext:
    """The pairs of a file; quotation marks have no meaning in it.

    The first two columns are source and target, others are left aside. A first line that names columns tells which they
    are: "source", "target" and, if any, "split"; or tags of languages ("en", "uk"), by which `wanted` chooses.

    Args:
      path: for messages.
      text: the file's content.
      wanted: languages of source and target, or "" for those that the file names.

    Raises:
      InputError: a line with one column, an unknown split, or no such language.
    """
    lines = text.split("\n")
    cells = [cell.strip() for cell in lines[0].rstrip("\r").split("\t")]
    columns, languages = _columns(path, cells, wanted)
    begin = 1 if columns is not None else 0
    return Bitext(languages, tuple(_pairs(path, lines, begin, columns or {"source": 0, "target": 1})))


def _columns(path: Path, cells: list[str], wanted: tuple[str, str]) -> tuple[dict[str, int] | None, tuple[str, str]]:
    """Places by what stands there, None without a header; and the languages."""
    named = {_HEADERS[cell.casefold()]: place for place, cell in enumerate(cells) if cell.casefold() in _HEADERS}
    if {"source", "target"} <= named.keys():
        return named, wanted
    tags = {cell: place for place, cell in enumerate(cells) if LANGUAGE.fullmatch(cell)}
    if len(cells) < 2 or len(tags) < 2 or not all(cell in tags or cell.casefold() in _HEADERS for cell in cells):
        return None, wanted
    source, target = chosen_languages(str(path), tags, wanted)
    return {**named, "source": tags[source], "target": tags[target]}, (source, target)


def _pairs(path: Path, lines: list[str], begin: int, columns: dict[str, int]) -> Iterator[Pair]:
    last = max(columns.values())
    for number, line in enumerate(lines[begin:], begin + 1):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) <= last:
            raise InputError(
                f"{path} line {number}: {len(cells)} column{'s' * (len(cells) > 1)}: expected a sentence, a tab and "
                "its translation"
            )
        split = checked_split(cells[columns["split"]].strip(), f"{path} line {number}") if "split" in columns else ""
        yield Pair(cells[columns["source"]].strip(), cells[columns["target"]].strip(), split)
