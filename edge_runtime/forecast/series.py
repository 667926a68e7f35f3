"""Series in a file: a table, or JSON lines, each with its values and, if there is one, its official test part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.frequency import HORIZONS, usual_horizon
from edgernn.edge_runtime.forecast.history import Values, as_numbers
from edgernn.edge_runtime.forecast.layout import ColumnChoice


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes:
      name: in its file.
      values: float64 [n], what a model may learn from; not-a-number where one is missing.
      test: float64 [horizon], what comes after; empty where the file has none.
      covariates: other variables by name, float64 [n] or, where they go on, longer; not-a-number where one is missing.
      label: the time of a step (0 is the first value's), at the end of the values or after it; None without times.
    """

    name: str
    values: Values
    test: Values
    covariates: Mapping[str, Values] = field(default_factory=dict)
    label: Callable[[int], str] | None = None


@dataclass(frozen=True)
class SeriesTable:
    """The series of a file.

    Attributes:
      series: in the file's order.
      frequency: of the values, for people ("monthly"); "steps" where nothing is known of it.
      periods: values in a season, rising.
      sha256: of the file.
      usual_horizon: steps ahead that suit the frequency.
      columns: the columns that the series were in; empty for sets of series.
      notes: what was found and mended in the file, one sentence each.
    """

    series: tuple[Series, ...]
    frequency: str
    periods: tuple[int, ...]
    sha256: str
    usual_horizon: int
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def horizon(self) -> int:
        """Length of the file's own test parts; 0 where there are none."""
        return max(len(series.test) for series in self.series)


def read_series(path: Path, choice: ColumnChoice | None = None) -> SeriesTable:
    """Reads a table (CSV, TSV, Parquet; see `read_columns`) or a set of series in JSON lines (see `read_set`).

    Raises:
      InputError: it cannot be used; the message says where.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_set(path, choice.season if choice else ())
    from edgernn.edge_runtime.forecast.columns import read_columns

    return read_columns(path, choice or ColumnChoice())


def read_set(path: Path, season: tuple[int, ...] = ()) -> SeriesTable:
    """Reads a prepared set.

    Its first line is `{"frequency": ..., "period": ...}`, each further one `{"name": ..., "values": [...]}`, with the
    part to be forecast, if there is one, as `"test": [...]`.

    Raises:
      InputError: not such a file; the line is named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    lines = [line for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    head = _document(path, 1, lines[0] if lines else "")
    frequency, period = head.get("frequency"), head.get("period")
    if not isinstance(frequency, str) or type(period) is not int or period < 1 or len(lines) < 2:
        raise InputError(f"{path}: not a file of series (its first line must give frequency and period, then series)")
    series = tuple(_series(path, number, _document(path, number, line)) for number, line in enumerate(lines[1:], 2))
    usual = HORIZONS.get(frequency) or usual_horizon(period)
    return SeriesTable(series, frequency, season or (period,), hashlib.sha256(data).hexdigest(), usual)


def _document(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: line {number} is not JSON") from error
    if not isinstance(document, dict):
        raise InputError(f"{path}: line {number} is not a JSON object")
    return document


def _series(path: Path, number: int, document: dict[str, Any]) -> Series:
    name, values, test = document.get("name"), document.get("values"), document.get("test", [])
    if not isinstance(name, str) or not isinstance(values, list) or not isinstance(test, list):
        raise InputError(f"{path}: line {number}: name, values or test is missing or of another kind")
    try:
        return Series(name, as_numbers(values), as_numbers(test) if test else np.zeros(0))
    except InputError as error:
        raise InputError(f"{path}: line {number}: {error}") from error
