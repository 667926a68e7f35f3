"""Which values are held out, and the cases that they make: a rolling origin over the end of each series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.metrics import seasonal_unit
from edgernn.edge_runtime.forecast.series import Series
from edgernn.edge_runtime.spec.forecast import ForecastSpec

# Part of a series that is held out, in whole horizons: at least one, at most so many.
_HELD_OUT, _MOST_ORIGINS = 0.15, 60
# Values of a history that are kept for the classical methods, more than any network's context.
_KEPT = 2000
# What must be left before the first origin.
LEAST_HISTORY = 4


@dataclass(frozen=True)
class Case:
    """A history and what came after it.

    Attributes:
      history: float64 [n], not-a-number where a value is missing.
      actual: float64 [1 to horizon], likewise.
      unit: mean absolute seasonal change of the whole history, by which errors are scaled; not-a-number without any.
      covariates: other variables by name, as `Forecaster.forecast` takes them.
      left: values of the series from the origin on: equal numbers stand for equal times where series end together.
    """

    history: Values
    actual: Values
    unit: float
    covariates: Mapping[str, Values]
    left: int


def held_out(count: int, horizon: int) -> int:
    """How many values at the end of a series of `count` are held out: so many origins, a horizon apart."""
    origins = max(1, min(_MOST_ORIGINS, int(_HELD_OUT * count / horizon)))
    return origins * horizon


def divided(series: Sequence[Series], horizon: int) -> list[Series]:
    """The series with their own test parts, or with those held out; the ones too short for that are left out."""
    found = []
    for one in series:
        if one.test.size:
            found.append(one)
            continue
        size = held_out(len(one.values), horizon)
        if len(one.values) - size >= LEAST_HISTORY:
            parts = one.values[:-size], one.values[-size:]
            found.append(Series(one.name, *parts, one.covariates, one.label))
    return found


def cases_of(series: Sequence[Series], spec: ForecastSpec) -> list[Case]:
    """The cases of divided series: from each origin the next horizon, with the whole past before it.

    An origin is left out where nothing is known before or after it.
    """
    cases = []
    for one in series:
        whole = np.concatenate([one.values, one.test])
        unit = seasonal_unit(one.values, spec.period)
        for start in range(0, len(one.test), spec.horizon):
            origin = len(one.values) + start
            history, actual = whole[:origin], one.test[start : start + spec.horizon]
            if np.isfinite(history).any() and np.isfinite(actual).any():
                covariates = {name: values[: origin + spec.horizon] for name, values in one.covariates.items()}
                cases.append(Case(history[-_KEPT:], actual, unit, _cut(covariates, origin, spec), len(whole) - origin))
    return cases


def _cut(covariates: Mapping[str, Values], origin: int, spec: ForecastSpec) -> dict[str, Values]:
    """The part that belongs to the kept history, and what is known ahead."""
    first = max(0, origin - _KEPT)
    known = {one.name: one.known for one in spec.covariates}
    return {
        name: values[first : None if known[name] else origin] for name, values in covariates.items() if name in known
    }
