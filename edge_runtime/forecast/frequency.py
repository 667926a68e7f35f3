"""How often values come: found from their times, and the even steps on which they are put."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.times import Times, label

_MINUTE, _HOUR, _DAY, _WEEK = 60.0, 3600.0, 86400.0, 604800.0
# Steps that people choose; uneven ones are averaged over the nearest of these.
_USUAL = (
    *(float(n) for n in (1, 2, 5, 10, 15, 20, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 20, 30)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
    _DAY,
    _WEEK,
)
# Parts of all steps that must be whole multiples of the usual one, and equal to it.
_MOST_WHOLE, _MOST_EQUAL = 0.95, 0.5
# Part of a step that a clock may be off.
_TOLERANCE = 0.02
# Seasons of more values are not looked for.
_LONGEST_SEASON = 1500
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_LEAST_WEEKDAYS = 8
_SATURDAY = 5

PERIODS: dict[str, tuple[int, ...]] = {
    "yearly": (1,),
    "quarterly": (4,),
    "monthly": (12,),
    "weekly": (52,),
    "daily": (7,),
    "business daily": (5,),
    "hourly": (24, 168),
}
# Steps ahead, unless the user says.
HORIZONS = {"yearly": 6, "quarterly": 8, "monthly": 12, "weekly": 13, "daily": 14, "business daily": 10, "hourly": 24}
_SHORTEST_HORIZON, _LONGEST_HORIZON = 6, 48


@dataclass(frozen=True)
class Frequency:
    """How often values come.

    Attributes:
      name: "hourly", "15 minutes", "monthly", ...; "steps" where there is no time.
      kind: "seconds": a fixed step; "months": so many calendar months; "weekdays": days without weekends, where a day
        that no row has is a holiday and no gap; "steps": rows are steps.
      step: seconds, or months; 1 for the others.
      periods: values in a season, rising: a day and a week for hourly values; (1,) for none.
    """

    name: str
    kind: Literal["seconds", "months", "weekdays", "steps"]
    step: float
    periods: tuple[int, ...]

    @property
    def horizon(self) -> int:
        """Steps ahead that are usual."""
        return HORIZONS.get(self.name) or usual_horizon(self.periods[0])

    def places(self, times: Times) -> npt.NDArray[np.int64]:
        """The step on which each time lies, the first one 0. `times` must rise."""
        if self.kind == "months":
            months = _months(times) // int(self.step)
            return np.asarray(months - months[0], np.int64)
        if self.kind == "weekdays":
            return np.asarray(np.unique(times // _DAY, return_inverse=True)[1], np.int64)
        return np.asarray(np.floor((times - times[0]) / self.step + 0.5), np.int64)

    def label(self, times: Times, place: int) -> str:
        """What the clock says at a step, at or after the last of `times` (those of the rows, rising)."""
        if self.kind == "months":
            month = int(_months(times[:1])[0] // int(self.step) + place) * int(self.step)
            first = f"{1970 + month // 12:04}-{month % 12 + 1:02}"
            return first[:4] if self.step == _MONTHS["yearly"] else first
        if self.kind == "weekdays":
            days = np.unique(times // _DAY).astype(np.int64)
            if place < len(days):
                return label(float(days[place]) * _DAY, with_clock=False)
            last = np.datetime64("1970-01-01") + np.timedelta64(int(days[-1]), "D")
            return str(np.busday_offset(last, place - len(days) + 1, roll="backward"))
        return label(float(times[0]) + place * self.step, with_clock=self.step % _DAY != 0)


def usual_horizon(period: int) -> int:
    """Steps ahead that are usual for a season of so many values: two seasons, within bounds."""
    return min(_LONGEST_HORIZON, max(_SHORTEST_HORIZON, 2 * period))


STEPS = Frequency("steps", "steps", 1.0, (1,))


def infer_frequency(times: Times) -> tuple[Frequency, bool]:
    """The frequency of rising times, and whether they are even (gaps and repeats apart).

    Raises:
      InputError: fewer than three different times.
    """
    steps = np.diff(np.unique(times))
    if len(steps) < 2:
        raise InputError(f"its times are {len(steps) + 1} different ones: at least 3 are needed to find their steps")
    if name := _calendar(times, steps):
        return Frequency(name, "months", _MONTHS[name], PERIODS[name]), True
    step = _usual_step(steps)
    whole = np.abs(steps / step - np.round(steps / step)) <= _TOLERANCE
    even = (
        float(np.mean(whole)) >= _MOST_WHOLE and float(np.mean(np.abs(steps / step - 1) <= _TOLERANCE)) >= _MOST_EQUAL
    )
    if not even:
        step = min(_USUAL, key=lambda usual: abs(np.log(usual / step)))
    if step == _DAY and _without_weekends(times):
        return Frequency("business daily", "weekdays", 1.0, PERIODS["business daily"]), even
    return _of_seconds(step), even


def with_season(frequency: Frequency, season: tuple[int, ...]) -> Frequency:
    """The same with the user's season.

    Raises:
      InputError: a season of less than one value.
    """
    if min(season) < 1:
        raise InputError(f"--season must be 1 or more, not {min(season)}")
    return Frequency(frequency.name, frequency.kind, frequency.step, tuple(sorted(set(season))))


def _usual_step(steps: Times) -> float:
    """The commonest step; where clocks jitter, the median."""
    rounded = np.round(steps)
    values, counts = np.unique(rounded[rounded > 0], return_counts=True)
    if len(values) and counts.max() >= _MOST_EQUAL * len(steps):
        return float(values[counts.argmax()])
    return float(np.median(steps))


def _of_seconds(step: float) -> Frequency:
    names = {_HOUR: "hourly", _DAY: "daily", _WEEK: "weekly"}
    if step in names:
        return Frequency(names[step], "seconds", step, PERIODS[names[step]])
    for unit, text in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes"), (1.0, "seconds")):
        if step >= unit and step % unit == 0:
            name = f"{step / unit:g} {text}" if step != unit else text[:-1]
            break
    else:
        name = f"{step:g} seconds"
    seasons = [whole / step for whole in (_MINUTE, _HOUR, _DAY, _WEEK) if whole >= 4 * step]
    periods = tuple(int(n) for n in seasons if n == int(n) and n <= _LONGEST_SEASON)
    # The season above an hour is a day: an hour of minutes repeats less than a day does.
    return Frequency(name, "seconds", step, periods[-2:] or (1,))


def _calendar(times: Times, steps: Times) -> str | None:
    days = steps / _DAY
    for name, low, high in (("monthly", 28, 31), ("quarterly", 89, 92), ("yearly", 365, 366)):
        within = (days >= low) & (days <= high)
        # Gaps are whole months; the first or the last of the month, never now and then.
        moments = times.astype("datetime64[s]")
        day = (moments.astype("datetime64[D]") - moments.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
        fixed = np.ptp(day) <= (0 if day.max() < 27 else 3)
        if fixed and days.min() >= low and np.mean(within) >= _MOST_EQUAL:
            return name
    return None


def _months(times: Times) -> npt.NDArray[np.int64]:
    return times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)


def _without_weekends(times: Times) -> bool:
    days = np.unique(times // _DAY)
    # 1970-01-01 was a Thursday.
    weekdays = (days + 3) % 7
    return len(days) >= _LEAST_WEEKDAYS and not (weekdays >= _SATURDAY).any()
