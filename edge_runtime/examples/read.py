"""Reads a file of labelled texts."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.columns import choose_columns, has_header
from edgernn.edge_runtime.examples.records import Records, cut_records, decode_text
from edgernn.edge_runtime.examples.types import BadLine, Example, Table
from edgernn.edge_runtime.files import sha256_hex

_SAMPLE = 500


def read_examples(
    path: str | os.PathLike[str], text_column: str | None = None, label_column: str | None = None
) -> Table:
    """Reads CSV (comma, semicolon or tab), TSV or JSON lines, in UTF-8.

    Args:
      path: the file.
      text_column: name of the text's column or key; found by name and content when None.
      label_column: the same for the label.

    Raises:
      InputError: the file cannot be read, its columns cannot be told apart, no line of it is good, or it has
        fewer than two labels.
    """
    file = Path(path)
    data = _read_bytes(file)
    records = cut_records(decode_text(data, file), file)
    try:
        names, rows = _tabulate(records)
        text, label = choose_columns(names, [row for _, row in rows[:_SAMPLE]], text_column, label_column)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error
    examples: list[Example] = []
    for number, row in rows:
        if not row[text].strip() or not row[label].strip():
            reason = "empty text" if not row[text].strip() else "empty label"
            records.bad_lines.append(BadLine(number, reason))
        else:
            examples.append(Example(row[text], " ".join(row[label].split())))
    labels = {example.label for example in examples}
    if len(labels) < 2:
        raise InputError(f"{file}: {_too_few(labels, names[label], records.bad_lines)}")
    bad = tuple(sorted(records.bad_lines, key=lambda line: line.number))
    return Table(tuple(examples), names[text], names[label], bad, records.format, sha256_hex(data))


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except IsADirectoryError:
        raise InputError(f"{file}: is a folder: name a CSV, TSV or JSONL file") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from error


def _too_few(labels: set[str], column: str, bad_lines: list[BadLine]) -> str:
    if labels:
        return f"every example has the label {min(labels)!r} (column {column}): two labels are needed"
    first = f"; line {bad_lines[0].number}: {bad_lines[0].reason}" if bad_lines else ""
    return f"no line with a text and a label{first}"


def _tabulate(records: Records) -> tuple[list[str], list[tuple[int, list[str]]]]:
    return _tabulate_objects(records) if records.format == "jsonl" else _tabulate_rows(records)


def _tabulate_rows(records: Records) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if not records.rows:
        raise InputError("holds no records")
    width = Counter(len(row) for _, row in records.rows).most_common(1)[0][0]
    if width < 2:
        raise InputError("has one column: expected a text and a label, separated by comma, semicolon or tab")
    good = [(number, row) for number, row in records.rows if len(row) == width]
    for number, row in records.rows:
        if len(row) != width:
            records.bad_lines.append(BadLine(number, f"{len(row)} fields instead of {width}"))
    if has_header(good[0][1], [row for _, row in good[1:_SAMPLE]]):
        return [name.strip() for name in good[0][1]], good[1:]
    return [f"column {i + 1}" for i in range(width)], good


def _tabulate_objects(records: Records) -> tuple[list[str], list[tuple[int, list[str]]]]:
    counts = Counter(key for _, value in records.objects for key in value)
    # A key that most objects lack is no column.
    names = [key for key, count in counts.items() if 2 * count >= len(records.objects)]
    if len(names) < 2:
        raise InputError('expected objects such as {"text": "...", "label": "..."}, one a line')
    rows = []
    for number, value in records.objects:
        missing = [name for name in names if name not in value]
        if missing:
            records.bad_lines.append(BadLine(number, f"no key {missing[0]!r}"))
        else:
            rows.append((number, [_as_text(value[name]) for name in names]))
    return names, rows


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else ""
