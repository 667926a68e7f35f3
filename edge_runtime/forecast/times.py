"""Times in a file: which form they have, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

# Seconds of the wall clock since 1970.
Times = npt.NDArray[np.float64]

_EPOCH = datetime(1970, 1, 1)
_QUARTER = re.compile(r"(\d{4})[ -/]?[Qq]([1-4])")
_OFFSET = re.compile(r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})$")
_FRACTION = re.compile(r"[.,]\d+$")
# Tried in this order; where several read every cell, the one with the most even steps is taken.
_FORMS = (
    *(
        f"%Y{s}%m{s}%d{time}"
        for s in "-/."
        for time in ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H", "T%H")
    ),
    *(f"%d{s}%m{s}%Y{time}" for s in "./-" for time in ("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p")),
    *(f"%m{s}%d{s}%Y{time}" for s in "/-" for time in ("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p")),
    *(f"%d{s}%m{s}%y{time}" for s in "./" for time in ("", " %H:%M")),
    *(f"%m/%d/%y{time}" for time in ("", " %H:%M")),
    *("%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H%M", "%Y%m%dT%H%M%S"),
    *("%Y-%m", "%Y/%m", "%Y.%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y %b"),
    *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %b %Y %H:%M"),
    *("%a %b %d %H:%M:%S %Y", "%a, %d %b %Y %H:%M:%S"),
)
_SAMPLE = 50
# 1990 to 2100: what whole numbers may mean as seconds since 1970.
_EPOCH_RANGE = (631152000.0, 4102444800.0)
_YEARS = (1500, 2200)


def parse_times(cells: Sequence[str]) -> Times | None:
    """The cells as seconds of the wall clock since 1970, or None if they are no times.

    A zone or an offset to UTC is dropped: what people do follows the clock on the wall. Dates, dates with a time of
    day, months, quarters, seconds and milliseconds since 1970, and years are understood; of "3/4/2024" the order of day
    and month is found from all cells together.
    """
    present = [cell for cell in cells if cell]
    if len(present) < len(cells) or not present:
        return None
    if (numbers := _numbers(present)) is not None:
        return numbers
    bare = [_FRACTION.sub("", _OFFSET.sub("", cell)) if ":" in cell else cell for cell in present]
    forms = [reader for reader in _readers() if _read(bare[:_SAMPLE], reader) is not None]
    found = [times for times in (_read(bare, reader) for reader in forms) if times is not None]
    return min(found, key=_unevenness) if found else None


def time_of_day(cells: Sequence[str]) -> Times | None:
    """Seconds after midnight of "14:30", "14:30:00" or a whole hour 0 to 24; None if they are something else."""
    if all(cell.isdigit() and int(cell) <= 24 for cell in cells):
        return np.array([3600.0 * int(cell) for cell in cells])
    for form in ("%H:%M", "%H:%M:%S", "%I:%M %p"):
        times = _read(cells, _reader("%Y " + form, "1970 "))
        if times is not None:
            return times
    return None


def label(seconds: float, with_clock: bool) -> str:
    """ISO 8601: the date, or the date and the time of day."""
    moment = _EPOCH + timedelta(seconds=float(seconds))
    if not with_clock:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ", timespec="minutes" if moment.second == 0 else "seconds")


def _readers() -> list[Callable[[str], datetime]]:
    return [*(_reader(form) for form in _FORMS), _quarter]


def _reader(form: str, prefix: str = "") -> Callable[[str], datetime]:
    return lambda cell: datetime.strptime(prefix + cell, form)


def _quarter(cell: str) -> datetime:
    match = _QUARTER.fullmatch(cell)
    if match is None:
        raise ValueError(cell)
    return datetime(int(match.group(1)), 3 * int(match.group(2)) - 2, 1)


def _read(cells: Sequence[str], reader: Callable[[str], datetime]) -> Times | None:
    try:
        return np.array([(reader(cell) - _EPOCH).total_seconds() for cell in cells])
    except (ValueError, OverflowError):
        return None


def _numbers(cells: Sequence[str]) -> Times | None:
    """Years, or seconds or milliseconds since 1970 (these in UTC)."""
    if not all(cell.lstrip("-").replace(".", "", 1).isdigit() for cell in cells):
        return None
    values = np.array([float(cell) for cell in cells])
    whole = bool((values == np.floor(values)).all())
    for unit in (1.0, 1e3):
        if _EPOCH_RANGE[0] <= values.min() / unit and values.max() / unit <= _EPOCH_RANGE[1]:
            # Eight digits may be 20240131.
            return values / unit if not (whole and len(cells[0]) == 8) else None
    if whole and _YEARS[0] <= values.min() and values.max() <= _YEARS[1]:
        return np.array([(datetime(int(year), 1, 1) - _EPOCH).total_seconds() for year in values])
    return None


def _unevenness(times: Times) -> float:
    """0 for rising times of equal steps, more for others."""
    steps = np.diff(times)
    if not len(steps):
        return 0.0
    return float(np.mean(steps < 0) + np.mean(steps != np.median(steps)))
