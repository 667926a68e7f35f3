"""Series in the columns of a table, put on even steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.frequency import STEPS, Frequency, infer_frequency, with_season
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.layout import ColumnChoice, Layout, find_layout
from edgernn.edge_runtime.forecast.series import Series, SeriesTable
from edgernn.edge_runtime.forecast.table import read_table
from edgernn.edge_runtime.forecast.times import Times, label

# A table with so many more steps than rows has a wrong time in it.
_MOST_EMPTY, _FEW = 50, 1000
_HOUR = 3600.0
# March and April, and September to November: when clocks are changed (south of the equator the other way round).
_CLOCK_CHANGES = {3, 4, 9, 10, 11}
_SUNDAY = 6


@dataclass(frozen=True)
class _Rows:
    """The rows of one series, by rising time."""

    name: str
    rows: npt.NDArray[np.int64]
    times: Times | None


def read_columns(path: Path, choice: ColumnChoice) -> SeriesTable:
    """Reads the series of a table, wide (a column each) or long (a column of names, a row a value).

    Rows are sorted by time and put on even steps: those of one step are averaged, a step without any is missing. Local
    times count as the clock on the wall shows them: an hour that it skips in spring is missing, one that it repeats in
    autumn is averaged. Without a column of times, rows are steps. A series begins and ends with its first and last
    value; covariates may go on after it.

    Raises:
      InputError: the file or a choice cannot be used.
    """
    table = read_table(path)
    try:
        layout = find_layout(table, choice)
        groups = list(_groups(layout))
        longest = max(groups, key=lambda group: len(group.rows))
        frequency, even = (STEPS, True) if longest.times is None else infer_frequency(longest.times)
        notes = [*layout.notes, *_notes_of_times(layout, frequency, even, groups)]
        if choice.season:
            frequency = with_season(frequency, choice.season)
        series = [one for group in groups for one in _series(layout, group, frequency)]
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    if not series:
        raise InputError(f"{path}: no value in {', '.join(layout.targets)}")
    columns = tuple(layout.targets)
    found = frequency.name, frequency.periods, table.sha256, frequency.horizon, columns, tuple(notes)
    return SeriesTable(tuple(series), *found)


def _groups(layout: Layout) -> Iterator[_Rows]:
    names = np.array(layout.names)
    for name in dict.fromkeys(layout.names):
        rows = np.flatnonzero(names == name)
        if layout.times is None:
            yield _Rows(name, rows, None)
            continue
        rows = rows[np.argsort(layout.times[rows], kind="stable")]
        yield _Rows(name, rows, layout.times[rows])


def _series(layout: Layout, group: _Rows, frequency: Frequency) -> Iterator[Series]:
    places = np.arange(len(group.rows)) if group.times is None else frequency.places(group.times)
    count = int(places[-1]) + 1
    if count > _MOST_EMPTY * len(places) + _FEW:
        assert group.times is not None
        first, last = (label(float(t), with_clock=True) for t in group.times[[0, -1]])
        raise InputError(
            f"{len(places)} rows from {first} to {last} for {count:,} {frequency.name} steps: mend its times"
        )
    known = {name: _means(values[group.rows], places, count) for name, values in layout.known.items()}
    observed = {name: _means(values[group.rows], places, count) for name, values in layout.observed.items()}
    for target, column in layout.targets.items():
        values = _means(column[group.rows], places, count)
        present = np.flatnonzero(~np.isnan(values))
        if not present.size:
            continue
        begin, end = int(present[0]), int(present[-1]) + 1
        covariates = {name: data[begin:] for name, data in known.items()}
        covariates |= {name: data[begin:end] for name, data in observed.items()}
        several = len(layout.targets) > 1
        name = f"{group.name} {target}".strip() if several or not group.name else group.name
        yield Series(name, values[begin:end], np.zeros(0), covariates, _labels(frequency, group.times, begin))


def _labels(frequency: Frequency, times: Times | None, first: int) -> Callable[[int], str] | None:
    if times is None:
        return None
    return lambda place: frequency.label(times, first + place)


def _means(values: Values, places: npt.NDArray[np.int64], count: int) -> Values:
    known = ~np.isnan(values)
    sums = np.bincount(places[known], values[known], count)
    numbers = np.bincount(places[known], minlength=count)
    return np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)


def _notes_of_times(layout: Layout, frequency: Frequency, even: bool, groups: list[_Rows]) -> list[str]:
    if layout.times is None:
        return ["no column of times: rows are taken as equal steps"]
    notes = [f"times in {layout.time!r}: {frequency.name}, season {' and '.join(map(str, frequency.periods))}"]
    if not even:
        notes.append(f"its steps are uneven: values were averaged over steps of {frequency.name}")
    if (np.diff(layout.times) < 0).any() and len(groups) == 1:
        notes.append("its rows were sorted by time")
    empty, longest, repeated, skipped_by_clock, repeated_by_clock = 0, 0, 0, 0, 0
    for group in groups:
        assert group.times is not None
        found = frequency.places(group.times)
        steps = np.diff(found)
        empty += int(np.sum(steps[steps > 1] - 1))
        longest = max(longest, int(steps.max(initial=1)) - 1)
        repeated += int(np.sum(steps == 0))
        if frequency.kind == "seconds" and frequency.step <= _HOUR:
            hour = round(_HOUR / frequency.step)
            skipped_by_clock += _count_changes(group.times[:-1][steps == hour + 1])
            repeated_by_clock += _count_changes(group.times[:-1][steps == 0])
    if empty:
        notes.append(f"steps without a row: {empty:,} (the longest gap: {longest:,}){_clock(skipped_by_clock)}")
    if repeated and even:
        notes.append(f"times that repeat, averaged: {repeated:,}{_clock(repeated_by_clock)}")
    return notes


def _count_changes(times: Times) -> int:
    """How many of them lie in a night to a Sunday in which clocks are changed."""
    moments = times.astype("datetime64[s]")
    months = moments.astype("datetime64[M]").astype(np.int64) % 12 + 1
    weekdays = (times // 86400 + 3) % 7
    hours = times % 86400 / _HOUR
    return int(np.sum(np.isin(months, list(_CLOCK_CHANGES)) & (weekdays == _SUNDAY) & (hours < 4)))


def _clock(count: int) -> str:
    return f", {count:,} where clocks are changed for summer time" if count else ""
