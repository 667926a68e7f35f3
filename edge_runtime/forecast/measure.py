"""Measures forecasts of many cases against what came, beside the classical yardsticks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edgernn.edge_runtime.forecast.history import Values, clean
from edgernn.edge_runtime.forecast.metrics import coverage, mape, mase, naive, naive2, owa, seasonal_naive, smape
from edgernn.edge_runtime.forecast.seasonality import seasonal_indices
from edgernn.edge_runtime.forecast.smoothing import theta
from edgernn.edge_runtime.forecast.split import Case
from edgernn.edge_runtime.spec.forecast import ForecastSpec

Method = Callable[[Values, int], Values]


def measure(cases: Sequence[Case], quantiles: Sequence[Values], spec: ForecastSpec) -> dict[str, float]:
    """Means over the cases.

    Args:
      cases: histories and what came.
      quantiles: forecasts, each float64 [horizon, quantiles].
      spec: the bundle's.

    Returns:
      smape and mape (percent), mase, owa (against `naive2`), and coverage_80, ... (0 to 1) for each range.
    """
    middle = spec.quantiles.index(0.5)
    found = point_metrics(cases, [forecast[:, middle] for forecast in quantiles], spec)
    for place, level in enumerate(spec.quantiles):
        other = [n for n, high in enumerate(spec.quantiles) if abs(high - (1 - level)) < 1e-9]
        if level < 0.5 and other:
            pairs = [_known(case, forecast) for case, forecast in zip(cases, quantiles, strict=True)]
            parts = [coverage(ahead[:, place], ahead[:, other[0]], actual) for ahead, actual in pairs]
            found[f"coverage_{100 * (1 - 2 * level):g}"] = float(np.mean(parts))
    return found


def baselines(cases: Sequence[Case], spec: ForecastSpec) -> dict[str, dict[str, float]]:
    """The same measures of the classical methods."""
    return {
        name: point_metrics(cases, forecasts_by(method, cases, spec), spec) for name, method in methods_of(spec).items()
    }


def methods_of(spec: ForecastSpec) -> dict[str, Method]:
    """The classical methods that suit the seasons, by name; each takes a history without gaps, and steps ahead."""
    methods: dict[str, Method] = {"naive": naive}
    for period in spec.periods:
        name = "seasonal naive" if len(spec.periods) == 1 else f"seasonal naive {period}"
        methods[name] = lambda history, steps, period=period: seasonal_naive(history, steps, period)  # type: ignore[misc]
    methods["theta"] = lambda history, steps: theta_forecast(history, steps, spec.periods)
    return methods


def forecasts_by(method: Method, cases: Sequence[Case], spec: ForecastSpec) -> list[Values]:
    """A classical method's forecasts, float64 [steps] each."""
    return [method(mended(case, spec), len(case.actual)) for case in cases]


def point_metrics(cases: Sequence[Case], forecasts: Sequence[Values], spec: ForecastSpec) -> dict[str, float]:
    """smape, mape, mase and owa of forecasts, each at least as long as its case's actual values."""
    own = _means(cases, forecasts)
    yardstick = _means(cases, [naive2(mended(c, spec), len(c.actual), spec.period) for c in cases])
    own["owa"] = owa(*(own[name] / yardstick[name] if yardstick[name] > 0 else 1.0 for name in ("smape", "mase")))
    return own


def theta_forecast(history: Values, horizon: int, periods: Sequence[int]) -> Values:
    """The Theta method with the season taken out before and put back after."""
    multiplicative = bool((history > 0).all())
    indices = seasonal_indices(history, periods, multiplicative)
    places = np.arange(len(history) + horizon) % len(indices)
    past, ahead = indices[places[: len(history)]], indices[places[len(history) :]]
    if multiplicative:
        return np.asarray(theta(history / past, horizon)[0] * ahead)
    return np.asarray(theta(history - past, horizon)[0] + ahead)


def mended(case: Case, spec: ForecastSpec) -> Values:
    """The case's history without gaps."""
    return clean(case.history, spec.transform, spec.periods).values


def absolute_error(case: Case, forecast: Values) -> float:
    """Mean absolute error of one case, in its unit (in its own values where it has none)."""
    ahead, actual = _known(case, forecast)
    return float(np.abs(ahead - actual).mean()) / (case.unit if case.unit > 0 else 1.0)


def _means(cases: Sequence[Case], forecasts: Sequence[Values]) -> dict[str, float]:
    pairs = [(case, *_known(case, forecast)) for case, forecast in zip(cases, forecasts, strict=True)]
    return {
        "smape": float(np.mean([smape(ahead, actual) for _, ahead, actual in pairs])),
        "mape": _mean([mape(ahead, actual) for _, ahead, actual in pairs]),
        # A constant history has no unit to measure in.
        "mase": _mean([mase(ahead, actual, case.unit) for case, ahead, actual in pairs]),
    }


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _known(case: Case, forecast: Values) -> tuple[Values, Values]:
    """The steps of which something came: the forecast's, and what came."""
    known = np.isfinite(case.actual)
    return forecast[: len(case.actual)][known], case.actual[known]
