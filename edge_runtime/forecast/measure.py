"""Measures forecasts of many series against what came, beside the classical yardsticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.forecast.history import Values, clean
from edgernn.edge_runtime.forecast.metrics import (
    coverage,
    mape,
    mase,
    naive,
    naive2,
    owa,
    seasonal_naive,
    smape,
)
from edgernn.edge_runtime.forecast.seasonality import seasonal_indices
from edgernn.edge_runtime.forecast.series import Series
from edgernn.edge_runtime.forecast.smoothing import theta
from edgernn.edge_runtime.spec.forecast import ForecastSpec


@dataclass(frozen=True)
class Case:
    """A history and what came after it.

    Attributes:
      history: float64 [n], without gaps.
      actual: float64 [1 to horizon].
    """

    history: Values
    actual: Values


def cases_of(series: Sequence[Series], spec: ForecastSpec) -> list[Case]:
    """The series' own test parts, or their last values where the file has none; those too short are left out."""
    found = []
    for one in series:
        values, actual = one.values, one.test
        if not actual.size:
            values, actual = values[: -spec.horizon], values[-spec.horizon :]
        if np.isfinite(values).any() and np.isfinite(actual).all() and actual.size:
            found.append(Case(clean(values, spec.transform).values, actual[: spec.horizon]))
    return found


def measure(cases: Sequence[Case], quantiles: Sequence[Values], spec: ForecastSpec) -> dict[str, float]:
    """Means over the series.

    Args:
      cases: histories and what came.
      quantiles: forecasts, each float64 [horizon, quantiles].
      spec: the bundle's.

    Returns:
      smape and mape (percent), mase, owa (against `naive2`), and coverage_80, ... (0 to 1) for each range.
    """
    middle = spec.quantiles.index(0.5)
    found = point_metrics(cases, [forecast[:, middle] for forecast in quantiles], spec.period)
    for place, level in enumerate(spec.quantiles):
        other = [n for n, high in enumerate(spec.quantiles) if abs(high - (1 - level)) < 1e-9]
        if level < 0.5 and other:
            parts = [
                coverage(f[: len(c.actual), place], f[: len(c.actual), other[0]], c.actual)
                for c, f in zip(cases, quantiles, strict=True)
            ]
            found[f"coverage_{100 * (1 - 2 * level):g}"] = float(np.mean(parts))
    return found


def baselines(cases: Sequence[Case], period: int) -> dict[str, dict[str, float]]:
    """The same measures of the naive, the seasonal naive and the Theta method."""
    methods: dict[str, Callable[[Case], Values]] = {
        "naive": lambda c: naive(c.history, len(c.actual)),
        "seasonal naive": lambda c: seasonal_naive(c.history, len(c.actual), period),
        "theta": lambda c: theta_forecast(c.history, len(c.actual), period),
    }
    return {name: point_metrics(cases, [method(c) for c in cases], period) for name, method in methods.items()}


def point_metrics(cases: Sequence[Case], forecasts: Sequence[Values], period: int) -> dict[str, float]:
    """smape, mape, mase and owa of forecasts, each at least as long as its case's actual values."""
    own = _means(cases, forecasts, period)
    yardstick = _means(cases, [naive2(c.history, len(c.actual), period) for c in cases], period)
    own["owa"] = owa(own["smape"] / yardstick["smape"], own["mase"] / yardstick["mase"])
    return own


def theta_forecast(history: Values, horizon: int, period: int) -> Values:
    """The Theta method with the season taken out before and put back after."""
    multiplicative = bool((history > 0).all())
    indices = seasonal_indices(history, period, multiplicative)
    places = np.arange(len(history) + horizon) % period
    past, ahead = indices[places[: len(history)]], indices[places[len(history) :]]
    if multiplicative:
        return np.asarray(theta(history / past, horizon)[0] * ahead)
    return np.asarray(theta(history - past, horizon)[0] + ahead)


def _means(cases: Sequence[Case], forecasts: Sequence[Values], period: int) -> dict[str, float]:
    cut = [forecast[: len(case.actual)] for case, forecast in zip(cases, forecasts, strict=True)]
    pairs = list(zip(cut, cases, strict=True))
    scaled = [mase(forecast, case.actual, case.history, period) for forecast, case in pairs]
    relative = [mape(forecast, case.actual) for forecast, case in pairs]
    return {
        "smape": float(np.mean([smape(forecast, case.actual) for forecast, case in pairs])),
        "mape": float(np.nanmean(relative)) if not np.isnan(relative).all() else float("nan"),
        # A constant history has no unit to measure in.
        "mase": float(np.nanmean(scaled)) if not np.isnan(scaled).all() else float("nan"),
    }
