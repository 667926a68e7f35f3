"""Sentences with their translations, as lines of JSON."""

from __future__ import annotations

import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.scoring import Referenced


def read_sentences(path: Path) -> list[Referenced]:
    """Reads lines {"source": ..., "target": ..., "references": [...]}; without references the target is the only one.

    Raises:
      InputError: the file, or a line of it, is not that; the line is named.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found = [_sentence(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not found:
        raise InputError(f"{path}: no sentence in it")
    return found


def _sentence(path: Path, number: int, line: str) -> Referenced:
    try:
        record = json.loads(line)
        source = record["source"]
        references = record.get("references") or [record["target"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f'{path} line {number}: expected {{"source": ..., "target": ...}}: {error!r}') from error
    texts = [source, *references] if isinstance(references, list) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise InputError(f"{path} line {number}: source and references must be texts")
    return Referenced(source, tuple(references))
