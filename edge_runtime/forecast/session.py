"""A sensor's stream: a value in, an updated forecast and an anomaly score out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import GREATEST, Values, as_numbers

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
_VALUES, _TIME, _MODEL, _COVARIATE = "values", "time", "model_sha256", "covariate "
_NOTHING: Values = np.zeros(0)


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
        self._covariates: dict[str, Values] = {one.name: np.zeros(0) for one in model.task.covariates}
        self._time: float | None = None
        self._interval: float | None = None
        self._last: Forecast | None = None

    def step(
        self,
        value: float | None,
        time: float | None = None,
        interval: float | None = None,
        covariates: Mapping[str, float | Sequence[float]] | None = None,
    ) -> StepForecast:
        """Takes the next value.

        Args:
          value: the sensor's; None or not-a-number where it failed. Infinite values and those beyond 1e30 count as
            missing. The forecast takes the place of what is missing.
          time: of the value, in any unit; None where values come at equal steps.
          interval: between two values, in the same unit; by default that between the first two.
          covariates: for a bundle that has them, by name: a number, or for those that are known ahead the number at
            this step and those at the steps ahead.

        Raises:
          InputError: not a number, covariates that do not fit, or the first value is missing: there is nothing yet to
            forecast from. The session is then as before.
        """
        flags: list[str] = []
        number = _number(value)
        beside = self._beside(covariates or {})
        self._follow_clock(time, interval, flags)
        if number is None or not np.isfinite(number) or abs(number) > GREATEST:
            flags.append(MISSING_VALUE if number is None or np.isnan(number) else IMPOSSIBLE_VALUE)
            if self._last is None:
                raise InputError("the first value of a stream cannot be missing: there is nothing to forecast from")
            score, number = 0.0, float(self._last.mean[0])
        else:
            score = self._score(number)
        self._append(np.array([number]), {name: values[:1] for name, values in beside.items()})
        forecast = self._forecast({name: values[1:] for name, values in beside.items()})
        self._last = forecast
        return StepForecast(forecast, score, (*flags, *forecast.flags))

    def reset(self) -> None:
        """A new series begins."""
        self._forget()
        self._time, self._interval = None, None

    def snapshot(self) -> dict[str, npt.NDArray[np.generic]]:
        """Plain arrays, which `numpy.savez` keeps and any device restores."""
        times = [np.nan if time is None else time for time in (self._time, self._interval)]
        digest = self._model.manifest.model.sha256
        covariates = {_COVARIATE + name: values.copy() for name, values in self._covariates.items()}
        return {_VALUES: self._values.copy(), **covariates, _TIME: np.array(times), _MODEL: np.array(digest)}

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
        covariates = {name: np.array(snapshot.get(_COVARIATE + name, ()), np.float64) for name in self._covariates}
        fit = all(other.shape == values.shape for other in covariates.values())
        if values.ndim != 1 or times.shape != (2,) or not np.isfinite(values).all() or not fit:
            raise InputError("not a snapshot of a forecasting session")
        self._values, self._covariates = values, covariates
        self._time, self._interval = (None if np.isnan(time) else float(time) for time in times)
        self._last = self._forecast({}) if values.size else None

    def fork(self) -> ForecastSession:
        """A session of its own that goes on from the same history."""
        other = ForecastSession(self._model)
        other.restore(self.snapshot())
        return other

    def _forecast(self, ahead: Mapping[str, Values]) -> Forecast:
        if not self._covariates:
            return self._model.forecast(self._values, coverage=_COVERAGE)
        both = {n: np.concatenate([past, ahead.get(n, _NOTHING)]) for n, past in self._covariates.items()}
        return self._model.forecast(self._values, coverage=_COVERAGE, covariates=both)

    def _beside(self, covariates: Mapping[str, float | Sequence[float]]) -> dict[str, Values]:
        """This step's covariates, each float64 [1], or [1 + steps ahead] where it is known ahead."""
        if unlike := sorted(covariates.keys() ^ self._covariates.keys()):
            raise InputError(f"covariate {unlike[0]!r}: give {', '.join(self._covariates) or 'none'} at each step")
        found = {}
        for one in self._model.task.covariates:
            values = np.atleast_1d(as_numbers(np.atleast_1d(covariates[one.name])))
            if not one.known and len(values) != 1:
                raise InputError(f"covariate {one.name!r}: one number a step: it is not known ahead")
            found[one.name] = values
        return found

    def _append(self, values: Values, beside: Mapping[str, Values]) -> None:
        kept = self._model.task.context
        self._values = np.concatenate([self._values, values])[-kept:]
        self._covariates = {n: np.concatenate([past, beside[n]])[-kept:] for n, past in self._covariates.items()}

    def _forget(self) -> None:
        self._values, self._last = np.zeros(0), None
        self._covariates = {name: np.zeros(0) for name in self._covariates}

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
            self._forget()
            return
        flags.append(GAP)
        self._append(self._last.mean[:missing], {name: np.full(missing, np.nan) for name in self._covariates})
        self._last = self._forecast({})


def _number(value: object) -> float | None:
    if value is None:
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"expected a number, found {value!r}") from error
