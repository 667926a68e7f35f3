"""Series in the columns of a CSV file."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import Values

# How a missing value is written.
_MISSING = frozenset({"", "na", "nan", "null", "none", "-", "?"})
_LARGEST_FIELD = 1 << 20


def read_columns(path: Path, wanted: Sequence[str] = ()) -> dict[str, Values]:
    """The columns of numbers, a series each, the oldest value first.

    Args:
      path: a CSV or TSV file in UTF-8; a first line of names is optional. A column with anything but numbers and empty
        fields (a date, say) is no series.
      wanted: names of the columns to take (by default all that are series).

    Returns:
      float64 [rows] by name ("column 1" where the file has no names); not-a-number where a field is empty.

    Raises:
      InputError: it cannot be read, or has no such column of numbers.
    """
    rows = _rows(path)
    names = rows.pop(0) if rows and not any(_is_number(cell) for cell in rows[0]) else []
    width = max((len(row) for row in rows), default=0)
    if not rows or not width:
        raise InputError(f"{path}: no row of numbers in it")
    names = [*names[:width], *(f"column {n + 1}" for n in range(len(names), width))]
    columns = {name: [row[n] if n < len(row) else "" for row in rows] for n, name in enumerate(names)}
    if unknown := [name for name in wanted if name not in columns]:
        raise InputError(f"{path}: no column {unknown[0]!r}: it has {', '.join(names[:10])}")
    series = {name: _numbers(cells) for name, cells in columns.items() if not wanted or name in wanted}
    found = {name: values for name, values in series.items() if values is not None and not np.isnan(values).all()}
    if not found or len(found) < len(wanted):
        raise InputError(f"{path}: {', '.join(wanted) or 'no column'} holds numbers only: a series must")
    return found


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    csv.field_size_limit(_LARGEST_FIELD)
    try:
        return [row for row in csv.reader(text.splitlines(), delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{path}: not a CSV file: {error}") from error


def _numbers(cells: Sequence[str]) -> Values | None:
    if not all(_is_number(cell) or cell.strip().lower() in _MISSING for cell in cells):
        return None
    return np.array([float(cell) if _is_number(cell) else math.nan for cell in cells])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip().lower() not in _MISSING
