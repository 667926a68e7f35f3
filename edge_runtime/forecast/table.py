"""Tables of text cells: CSV, TSV and Parquet files."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError

_LARGEST_FIELD = 1 << 20
_PARQUET = b"PAR1"
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Table:
    """A file's cells.

    Attributes:
      columns: by name, in the file's order, all of one length; an empty cell is "".
      decimal: "." or ",": what stands before the decimals of numbers.
      sha256: of the file.
    """

    columns: dict[str, list[str]]
    decimal: str
    sha256: str

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), []))


def read_table(path: Path) -> Table:
    """Reads a file whole.

    Args:
      path: Parquet, or CSV or TSV in UTF-8 whose separator (comma, semicolon, tab) is found, with or without a first
        line of names.

    Raises:
      InputError: it cannot be read, is something else or holds no row.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    names, rows, decimal = _parquet_rows(path, data) if data[:4] == _PARQUET else _csv_rows(path, data)
    width = max((len(row) for row in rows), default=0)
    if not width:
        raise InputError(f"{path}: no row of values in it")
    names = _unique([*names[:width], *(f"column {n + 1}" for n in range(len(names), width))])
    columns = {name: [row[n].strip() if n < len(row) else "" for row in rows] for n, name in enumerate(names)}
    return Table(columns, decimal, hashlib.sha256(data).hexdigest())


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether it is a number: "nan" and the like are not."""
    try:
        number = float(cell if decimal == "." else cell.replace(",", "."))
    except ValueError:
        return False
    return number == number


def _csv_rows(path: Path, data: bytes) -> tuple[list[str], list[list[str]], str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not a text in UTF-8 (byte {error.start}): save it as CSV in UTF-8") from error
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    csv.field_size_limit(_LARGEST_FIELD)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InputError(f"{path}: not a CSV file: {error}") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    decimal = _decimal(rows[1:], separator)
    has_names = bool(rows) and not any(is_number(cell, decimal) for cell in rows[0])
    return [cell.strip() for cell in rows.pop(0)] if has_names else [], rows, decimal


def _decimal(rows: Sequence[Sequence[str]], separator: str) -> str:
    """A comma where numbers with one are found, and fields are not separated by commas."""
    if separator == ",":
        return "."
    cells = [cell for row in rows[:200] for cell in row]
    with_comma = sum(not is_number(cell) and is_number(cell, ",") for cell in cells)
    return "," if with_comma > sum("." in cell and is_number(cell) for cell in cells) else "."


def _parquet_rows(path: Path, data: bytes) -> tuple[list[str], list[list[str]], str]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise InputError(f'{path}: a Parquet file needs pyarrow: pip install "edgernn[forecast]"') from error
    try:
        table = pyarrow.parquet.read_table(pyarrow.BufferReader(data))
        columns = [[_cell(value) for value in table.column(n).to_pylist()] for n in range(table.num_columns)]
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable Parquet file: {error}") from error
    names = [str(name) for name in table.column_names]
    return names, [list(row) for row in zip(*columns, strict=True)], "."


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat(sep=" ") if hasattr(value, "hour") else str(value)


def _unique(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for place, name in enumerate(names, 1):
        name = name or f"column {place}"
        found.append(name if name not in found else f"{name} ({place})")
    return found
