"""What commands print and read: one JSON document, plain tables, texts from arguments or standard input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError


def print_json(document: Any) -> None:
    """Prints one JSON document, in ASCII: it survives every terminal and every pipe."""
    print(json.dumps(document, indent=1, ensure_ascii=True))


def print_table(rows: Sequence[Sequence[str]], header: Sequence[str], text_columns: Container[int] = (0,)) -> None:
    """Prints aligned columns: `text_columns` to the left, the others to the right."""
    lines = [list(header), *[[one_line(cell) for cell in row] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        cells = [
            cell.ljust(width) if i in text_columns else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


# They shape Persian and Indic words and hold emoji together, and move nothing.
_JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    """`text` on one line, safe for a terminal: control characters and what cannot be encoded are escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    shown = "".join(c if c.isprintable() or c in _JOINERS else _escape(c) for c in text)
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def megabytes(count: int | None) -> str:
    """A number of bytes for people; None is not known."""
    return "unknown" if count is None else f"{count / 1e6:.0f} MB"


def read_text_inputs(values: Sequence[str]) -> list[str]:
    """The texts that a command was given.

    Args:
      values: texts, or names of .txt files with one text a line; none, or "-": standard input, line by line.

    Raises:
      InputError: a line is not UTF-8; it is named.
    """
    if not values:
        return _lines(sys.stdin.buffer.read(), "standard input")
    texts: list[str] = []
    for value in values:
        if value == "-":
            texts.extend(_lines(sys.stdin.buffer.read(), "standard input"))
        elif value.endswith(".txt") and Path(value).is_file():
            texts.extend(_lines(Path(value).read_bytes(), value))
        else:
            texts.append(value)
    return texts


def standard_input_lines() -> Iterator[str]:
    """The lines of standard input as they come.

    Raises:
      InputError: a line is not UTF-8; it is named.
    """
    for number, line in enumerate(iter(sys.stdin.buffer.readline, b""), 1):
        yield _decoded(line.removesuffix(b"\n"), number, "standard input")


def shown(text: str) -> str:
    """Safe for a terminal, lines kept: other control characters and what cannot be encoded are escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    kept = "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in text)
    return kept.encode(encoding, "backslashreplace").decode(encoding)


def quiet_native_logs_for_good() -> None:
    """Leaves file descriptor 2 to nobody, and standard error to Python.

    LiteRT writes some thirty lines to descriptor 2, also while the process ends. EDGERNN_NATIVE_LOGS=1 keeps them.
    """
    if os.environ.get("EDGERNN_NATIVE_LOGS") == "1" or getattr(sys.stderr, "edgernn_own", False):
        return
    try:
        if sys.stderr.fileno() != 2:
            return
        own = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1)
        sink = os.open(os.devnull, os.O_WRONLY)
    except (OSError, ValueError, AttributeError):  # no standard error, or a captured one
        return
    os.dup2(sink, 2)
    os.close(sink)
    own.edgernn_own = True  # type: ignore[attr-defined]
    sys.stderr = own


def _lines(data: bytes, where: str) -> list[str]:
    lines = data.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return [_decoded(line, number, where) for number, line in enumerate(lines, 1)]


def _decoded(line: bytes, number: int, where: str) -> str:
    try:
        return line.removesuffix(b"\r").decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where} line {number}: not UTF-8 (byte {error.start + 1}): convert it, as with iconv -t UTF-8"
        ) from error


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
