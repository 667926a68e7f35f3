"""A sensor's stream: a value in, an updated forecast and an anomaly score out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import GREATEST, Values

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecast, Forecaster

MISSING_VALUE, IMPOSSIBLE_VALUE = "the value is missing: the forecast took its place", "the value is impossible"
GAP, LONG_GAP = "values are missing before this one", "so many values are missing that the history begins anew"
CLOCK_BACK = "the clock went back: the value counts as the next one"
# The 90 % quantile of the normal distribution in standard deviations.
_DEVIATIONS = 1.2815515655446004
_COVERAGE = 0.8
# A part of the value: no forecast is so sure that rounding is an anomaly.
_LEAST_SPREAD = 1e-6
# A part of an interval that a clock may be off.
_TOLERANCE = 0.5
_VALUES, _TIME, _MODEL = "values", "time", "model_sha256"


@dataclass(frozen=True)
class StepForecast:
    """The answer to one value.

    Attributes:
      forecast: from the history with this value.
      score: how far the value lay from what was forecast, in standard deviations of the forecast's own range (3 is
        rare, 6 an anomaly); 0 where nothing was forecast yet or no value came.
      flags: what was wrong with the value or its time; none for a sound one.
    """

    forecast: Forecast
    score: float
    flags: tuple[str, ...]


class ForecastSession:
    """One series, growing. It keeps the bundle's context and no more.

    A forecast is bit for bit the one that `Forecaster.forecast` makes of the same history.

    Args:
      model: that forecasts; sessions share it.
    """

    def __init__(self, model: Forecaster) -> None:
        self._model = model
        self._values: Values = np.zeros(0)
        self._time: float | None = None
        self._interval: float | None = None
        self._last: Forecast | None = None

    def step(self, value: float | None, time: float | None = None, interval: float | None = None) -> StepForecast:
        """Takes the next value.

        Args:
          value: the sensor's; None or not-a-number where it failed. Infinite values and those beyond 1e30 count as
            missing. The forecast takes the place of what is missing.
          time: of the value, in any unit; None where values come at equal steps.
          interval: between two values, in the same unit; by default that between the first two.

        Raises:
          InputError: not a number, or the first value is missing: there is nothing yet to forecast from.
        """
        flags: list[str] = []
        number = _number(value)
        self._follow_clock(time, interval, flags)
        if number is None or not np.isfinite(number) or abs(number) > GREATEST:
            flags.append(MISSING_VALUE if number is None or np.isnan(number) else IMPOSSIBLE_VALUE)
            if self._last is None:
                raise InputError("the first value of a stream cannot be missing: there is nothing to forecast from")
            score, number = 0.0, float(self._last.mean[0])
        else:
            score = self._score(number)
        self._append(np.array([number]))
        forecast = self._model.forecast(self._values, coverage=_COVERAGE)
        self._last = forecast
        return StepForecast(forecast, score, (*flags, *forecast.flags))

    def reset(self) -> None:
        """A new series begins."""
        self._values, self._time, self._interval, self._last = np.zeros(0), None, None, None

    def snapshot(self) -> dict[str, npt.NDArray[np.generic]]:
        """Plain arrays, which `numpy.savez` keeps and any device restores."""
        times = [np.nan if time is None else time for time in (self._time, self._interval)]
        digest = self._model.manifest.model.sha256
        return {_VALUES: self._values.copy(), _TIME: np.array(times), _MODEL: np.array(digest)}

    def restore(self, snapshot: Mapping[str, npt.ArrayLike]) -> None:
        """Goes on from a snapshot.

        Raises:
          InputError: it is another model's, or no snapshot at all. The session is then as before.
        """
        digest = self._model.manifest.model.sha256
        if str(snapshot.get(_MODEL, digest)) != digest or _VALUES not in snapshot:
            raise InputError("the snapshot is of another model: it is of no use to any but the one that made it")
        values = np.array(snapshot[_VALUES], np.float64)
        times = np.array(snapshot.get(_TIME, [np.nan, np.nan]), np.float64)
        if values.ndim != 1 or times.shape != (2,) or not np.isfinite(values).all():
            raise InputError("not a snapshot of a forecasting session")
        self._values = values
        self._time, self._interval = (None if np.isnan(time) else float(time) for time in times)
        self._last = self._model.forecast(values, coverage=_COVERAGE) if values.size else None

    def fork(self) -> ForecastSession:
        """A session of its own that goes on from the same history."""
        other = ForecastSession(self._model)
        other.restore(self.snapshot())
        return other

    def _append(self, values: Values) -> None:
        self._values = np.concatenate([self._values, values])[-self._model.task.context :]

    def _score(self, value: float) -> float:
        if self._last is None:
            return 0.0
        middle = float(self._last.mean[0])
        end = float(self._last.upper[0] if value >= middle else self._last.lower[0])
        spread = max(abs(end - middle) / _DEVIATIONS, _LEAST_SPREAD * max(1.0, abs(middle)))
        return abs(value - middle) / spread

    def _follow_clock(self, time: float | None, interval: float | None, flags: list[str]) -> None:
        now, last = _number(time), self._time
        if now is None or not np.isfinite(now):
            return
        self._interval = _number(interval) or self._interval
        if last is not None:
            if now <= last:
                flags.append(CLOCK_BACK)
            elif self._interval is None:
                self._interval = now - last
            else:
                self._bridge(round((now - last) / self._interval + _TOLERANCE - 0.5) - 1, flags)
        self._time = now

    def _bridge(self, missing: int, flags: list[str]) -> None:
        """Puts the forecast into a gap of so many values; one longer than the forecast makes the past worthless."""
        if missing < 1 or self._last is None:
            return
        if missing > len(self._last.mean):
            flags.append(LONG_GAP)
            self._values, self._last = np.zeros(0), None
            return
        flags.append(GAP)
        self._append(self._last.mean[:missing])
        self._last = self._model.forecast(self._values, coverage=_COVERAGE)


def _number(value: object) -> float | None:
    if value is None:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"expected a number, found {value!r}") from error
