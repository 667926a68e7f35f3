"""Which column of a table is what: the time, the names of series, values and covariates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.table import Table, is_number
from edgernn.edge_runtime.forecast.times import Times, parse_times, time_of_day

_TIME_NAMES = (
    "time",
    "date",
    "stamp",
    "ds",
    "period",
    "month",
    "year",
    "day",
    "week",
    "quarter",
    "datum",
    "zeit",
    "fecha",
)
_CLOCK_NAMES = ("hour", "time", "hr", "clock", "stunde", "zeit", "hora")
_ID_NAMES = ("id", "unique_id", "series", "item", "store", "sensor", "product", "symbol", "name", "region", "meter")
_VALUE_NAMES = ("y", "value", "target")
_ROW_NAMES = ("", "index", "unnamed: 0", "column 1", "row", "no", "nr")
_DAY = 86400.0
# Part of a column's cells that must be numbers, and of rows that a series' name must make distinct.
_MOST_NUMBERS, _MOST_DISTINCT = 0.9, 0.98
# Where no column names series: so great a part of the times must be distinct; the others are averaged.
_MOSTLY_DISTINCT = 0.8
# Rows a series, on average: a column of remarks names none.
_LEAST_VALUES = 3
# How a missing value is written; anything else that is no number is told of.
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "--", "?"})


@dataclass(frozen=True)
class ColumnChoice:
    """What the user says of the columns; what is empty is found.

    Attributes:
      time: the column of times.
      ids: the columns that name the series of a long table.
      targets: the columns to forecast.
      known: covariates that are known ahead (a price plan, a weather forecast).
      observed: covariates that are known up to now only.
      season: values in a season.
      usual: the columns to forecast where they are there and `targets` is empty: those that a bundle learnt from.
    """

    time: str = ""
    ids: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    season: tuple[int, ...] = ()
    usual: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """What the columns are.

    Attributes:
      time: name of the column of times, or "".
      times: seconds of each row, or None without such a column.
      names: of each row's series, "" for a wide table.
      targets: numbers by column, float64 [rows].
      known: likewise.
      observed: likewise.
      notes: what was found, one sentence each.
    """

    time: str
    times: Times | None
    names: list[str]
    targets: dict[str, Values]
    known: dict[str, Values]
    observed: dict[str, Values]
    notes: tuple[str, ...]


def find_layout(table: Table, choice: ColumnChoice) -> Layout:
    """Sorts the columns out.

    Raises:
      InputError: a column that the user named is missing or of another kind, or there is nothing to forecast.
    """
    _check_names(table, choice)
    taken = {*choice.ids, *choice.targets, *choice.known, *choice.observed}
    time, times = _time(table, choice.time, taken)
    clock, times = _with_clock(table, times, {*taken, time})
    free = [name for name in table.columns if name not in {*taken, time, clock} and not _is_row_number(table, name)]
    ids = choice.ids or (_ids(table, times, free) if times is not None else ())
    notes: list[str] = []
    names = [" ".join(parts) for parts in zip(*(table.columns[name] for name in ids), strict=True)] if ids else []
    usual = [name for name in choice.usual if name in free and _is_numeric(table, name)]
    wanted = choice.targets or usual or _targets(table, [name for name in free if name not in ids], bool(ids))
    if len(wanted) > 1 and not (choice.targets or usual):
        notes.append(f"{len(wanted)} columns are series: {', '.join(wanted[:8])} (--column chooses)")
    if not wanted:
        raise InputError("no column of numbers to forecast in it: name it with --column")
    return Layout(
        time,
        times,
        names or [""] * table.rows,
        {name: _numbers(table, name, notes) for name in wanted},
        {name: _numbers(table, name, notes) for name in choice.known},
        {name: _numbers(table, name, notes) for name in choice.observed},
        tuple(notes),
    )


def _check_names(table: Table, choice: ColumnChoice) -> None:
    for name in (
        *([choice.time] if choice.time else ()),
        *choice.ids,
        *choice.targets,
        *choice.known,
        *choice.observed,
    ):
        if name not in table.columns:
            raise InputError(f"no column {name!r}: it has {', '.join(list(table.columns)[:12])}")
    for name in (*choice.targets, *choice.known, *choice.observed):
        if not _is_numeric(table, name):
            raise InputError(f"column {name!r} does not hold numbers")


def _time(table: Table, wanted: str, taken: set[str]) -> tuple[str, Times | None]:
    if wanted:
        return wanted, _parsed(table, wanted, must=True)
    candidates = [name for name in table.columns if name not in taken]
    named = [name for name in candidates if any(part in name.lower() for part in _TIME_NAMES)]
    for name in dict.fromkeys([*named, *candidates]):
        numeric = _is_numeric(table, name)
        if numeric and name not in named and name != candidates[0]:
            continue
        times = _parsed(table, name, must=False)
        # Numbers are times only where they rise: a column of amounts does not.
        if times is not None and not (numeric and _falls(times)):
            return name, times
    for name in named:
        if not _is_numeric(table, name) and any(part in name.lower() for part in ("time", "date")):
            _parsed(table, name, must=True)
    return "", None


def _falls(times: Times) -> bool:
    steps = np.diff(times)
    return bool(np.mean(steps < 0) > 0.1) if len(steps) else True


def _parsed(table: Table, name: str, must: bool) -> Times | None:
    cells = table.columns[name]
    times = parse_times(cells)
    if times is not None:
        return times
    # One bad cell in a column of times is a mistake to tell of; a column of words is none.
    bad = [n for n, cell in enumerate(cells) if parse_times([cell]) is None]
    if must or (0 < len(bad) <= 0.1 * len(cells) and not _is_numeric(table, name)):
        place = f"row {bad[0] + 1} of the data: {cells[bad[0]]!r}" if bad else "its cells have different forms"
        raise InputError(f"column {name!r}: {place} is not a time like the others: mend or remove it")
    return None


def _with_clock(table: Table, times: Times | None, taken: set[str]) -> tuple[str, Times | None]:
    """Adds a second column's time of day to dates that repeat."""
    if times is None or (times % _DAY != 0).any() or len(np.unique(times)) == len(times):
        return "", times
    for name in table.columns:
        if name not in taken and any(part in name.lower() for part in _CLOCK_NAMES):
            clock = time_of_day(table.columns[name])
            if clock is not None and len(np.unique(times + clock)) > len(np.unique(times)):
                return name, times + clock
    return "", times


def _ids(table: Table, times: Times | None, free: Sequence[str]) -> tuple[str, ...]:
    """The column that tells rows of the same time apart."""
    assert times is not None
    if len(np.unique(times)) >= _MOST_DISTINCT * len(times):
        return ()
    words = [name for name in free if not _is_numeric(table, name)]
    numbers = [name for name in free if name.lower() in _ID_NAMES and name not in words]
    for name in (*words, *numbers):
        cells = table.columns[name]
        pairs = set(zip(cells, times.tolist(), strict=True))
        if len(pairs) >= _MOST_DISTINCT * len(times) and len(set(cells)) * _LEAST_VALUES <= len(cells):
            return (name,)
    if len(np.unique(times)) >= _MOSTLY_DISTINCT * len(times):
        return ()
    raise InputError("its times repeat, and no column tells the series apart: name it with --id-column")


def _targets(table: Table, free: Sequence[str], long: bool) -> tuple[str, ...]:
    numeric = [name for name in free if _is_numeric(table, name)]
    usual = [name for name in numeric if name.lower() in _VALUE_NAMES]
    return tuple(usual[:1] if long and usual else numeric)


def _is_row_number(table: Table, name: str) -> bool:
    cells = table.columns[name]
    if name.lower() not in _ROW_NAMES or len(table.columns) == 1 or not all(cell.isdigit() for cell in cells):
        return False
    return bool((np.diff([int(cell) for cell in cells]) == 1).all())


def _is_numeric(table: Table, name: str) -> bool:
    cells = [cell for cell in table.columns[name] if cell.lower() not in MISSING]
    return bool(cells) and sum(is_number(cell, table.decimal) for cell in cells) >= _MOST_NUMBERS * len(cells)


def _numbers(table: Table, name: str, notes: list[str]) -> Values:
    cells, decimal = table.columns[name], table.decimal
    bad = [n for n, cell in enumerate(cells) if cell.lower() not in MISSING and not is_number(cell, decimal)]
    if bad:
        notes.append(
            f"{name}: {len(bad)} cells are no numbers and count as missing (row {bad[0] + 1}: {cells[bad[0]]!r})"
        )
    as_point = [cell.replace(",", ".") if decimal == "," else cell for cell in cells]
    return np.array([float(cell) if is_number(cell) else np.nan for cell in as_point])
