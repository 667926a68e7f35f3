"""Series in a file: JSON lines, each with a name, its values and, where the set has one, its official test part."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import Values, as_numbers


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes:
      name: in its file.
      values: float64 [n], what a model may learn from; not-a-number where one is missing.
      test: float64 [horizon], what comes after; empty where the file has none.
    """

    name: str
    values: Values
    test: Values


@dataclass(frozen=True)
class SeriesTable:
    """The series of a file.

    Attributes:
      series: in the file's order.
      frequency: of the values, for people ("monthly").
      period: values a season.
      sha256: of the file.
    """

    series: tuple[Series, ...]
    frequency: str
    period: int
    sha256: str

    @property
    def horizon(self) -> int:
        """Length of the test parts; 0 where there are none."""
        return max(len(series.test) for series in self.series)


def read_series(path: Path) -> SeriesTable:
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
    return SeriesTable(series, frequency, period, hashlib.sha256(data).hexdigest())


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
