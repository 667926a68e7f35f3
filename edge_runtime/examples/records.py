"""Cuts a file into records: CSV, TSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.types import BadLine

# A text longer than this is no message; Python's own limit (128 kB) is too small for an e-mail.
_MAX_FIELD = 16 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")
_SNIFFED_LINES = 50


@dataclass
class Records:
    """Records of equal width.

    Attributes:
      format: "csv", "tsv" or "jsonl".
      rows: line number and cells of each record; for JSON lines, the object.
      bad_lines: what could not be read.
    """

    format: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    objects: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)


def decode_text(data: bytes, path: Path) -> str:
    """UTF-8, with or without a byte order mark.

    Raises:
      InputError: binary, or not UTF-8; the line is named.
    """
    if b"\0" in data[:4096]:
        raise InputError(f"{path}: is a binary file: expected CSV, TSV or JSON lines in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path} line {line}: not UTF-8: save the file as UTF-8") from error


def json_object(where: str, line: str | bytes, expected: str) -> dict[str, Any]:
    """The object that a line of JSON lines is.

    Args:
      where: the file and the line, for messages.
      line: of the file.
      expected: what should stand there, for messages.

    Raises:
      InputError: no JSON, or no object.
    """
    try:
        document = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON ({error})") from error
    if not isinstance(document, dict):
        raise InputError(f"{where}: expected an object, {expected}")
    return document


def cut_records(text: str, path: Path) -> Records:
    """Finds the format by the file's name and content, and cuts it into records."""
    first = text.lstrip()[:1]
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") or (first == "{" and path.suffix.lower() != ".csv"):
        return _json_lines(text)
    delimiter = "\t" if path.suffix.lower() in (".tsv", ".tab") else _sniff(text)
    return _delimited(text, delimiter)


def _json_lines(text: str) -> Records:
    records = Records("jsonl")
    # Not splitlines(): it also cuts at characters that JSON allows inside a string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            records.bad_lines.append(BadLine(number, "not valid JSON"))
            continue
        if isinstance(value, dict):
            records.objects.append((number, value))
        else:
            records.bad_lines.append(BadLine(number, "expected an object with a text and a label"))
    return records


def _sniff(text: str) -> str:
    """The delimiter that cuts the first records most evenly into two or more fields."""
    scores = {delimiter: _evenness(text, delimiter) for delimiter in _DELIMITERS}
    return max(_DELIMITERS, key=lambda delimiter: scores[delimiter])


def _evenness(text: str, delimiter: str) -> float:
    head = "\n".join(text.split("\n")[:_SNIFFED_LINES])
    widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
    if not widths:
        return 0.0
    usual = max(set(widths), key=widths.count)
    return widths.count(usual) / len(widths) if usual >= 2 else 0.0


def _delimited(text: str, delimiter: str) -> Records:
    csv.field_size_limit(_MAX_FIELD)
    records = Records("tsv" if delimiter == "\t" else "csv")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return records
        except csv.Error as error:
            records.bad_lines.append(BadLine(start, str(error)))
        else:
            if row:
                records.rows.append((start, row))
        start = reader.line_num + 1
