"""JSON lines: a sentence, its translation and, if any, further ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import json_object
from edgernn.edge_runtime.translate.reading.bitext import Bitext, Pair, checked_split

_EXPECTED = 'as in {"source": "...", "target": "..."}'


def read_json_lines(path: Path, text: str, languages: tuple[str, str] = ("", "")) -> Bitext:
    """The pairs of a file: one a line, or one for each of its "references" where there are any.

    Args:
      path: for messages.
      text: the file's content.
      languages: of source and target.

    Raises:
      InputError: a line that is no JSON, or lacks a sentence.
    """
    pairs: list[Pair] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            pairs += _pairs(f"{path} line {number}", line)
    return Bitext(languages, tuple(pairs))


def _pairs(where: str, line: str) -> Iterator[Pair]:
    document = json_object(where, line, _EXPECTED)
    source, target = document.get("source"), document.get("target")
    references = document.get("references") or [target]
    if not isinstance(references, list) or not all(isinstance(one, str) for one in [source, *references]):
        raise InputError(f"{where}: expected two texts, {_EXPECTED}")
    split = checked_split(document.get("split") or "", where)
    for reference in references:
        yield Pair(str(source).strip(), reference.strip(), split)
