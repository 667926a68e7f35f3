"""The measures of the forecasting competitions, for one series each, without missing values; means are the caller's."""

from __future__ import annotations

import numpy as np

from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.seasonality import seasonal_indices

# Of these, less is better; a loss is counted in percent of what it was.
ERRORS = ("smape", "mape", "mase", "owa")


def smape(forecast: Values, actual: Values) -> float:
    """Symmetric mean absolute percentage error, percent, 0 to 200 (as in M3: Makridakis and Hibon 2000)."""
    total = np.abs(forecast) + np.abs(actual)
    return float(np.mean(200 * np.abs(forecast - actual) / np.where(total > 0, total, 1.0)))


def mape(forecast: Values, actual: Values) -> float:
    """Mean absolute percentage error, percent; values of 0 are left out."""
    known = actual != 0
    return float(np.mean(100 * np.abs((forecast - actual)[known] / actual[known]))) if known.any() else float("nan")


def mase(forecast: Values, actual: Values, unit: float) -> float:
    """Mean absolute error in units of the seasonal naive method's on the history (Hyndman and Koehler 2006).

    Not a number where the history has no seasonal change at all.
    """
    return float(np.abs(forecast - actual).mean()) / unit if unit > 0 else float("nan")


def seasonal_unit(history: Values, period: int) -> float:
    """Mean absolute change of a history over one season, missing values left out; not a number without any change."""
    lag = period if len(history) > period else 1
    steps = np.abs(history[lag:] - history[:-lag])
    steps = steps[np.isfinite(steps)]
    return float(steps.mean()) if steps.size and steps.mean() > 0 else float("nan")


def coverage(lower: Values, upper: Values, actual: Values) -> float:
    """Part of the values that lie in their ranges, 0 to 1."""
    return float(np.mean((lower <= actual) & (actual <= upper)))


def naive(history: Values, horizon: int) -> Values:
    """The last value, again and again."""
    return np.full(horizon, history[-1])


def seasonal_naive(history: Values, horizon: int, period: int) -> Values:
    """What was one season ago (the last value where there is no whole season yet)."""
    if len(history) < period:
        return naive(history, horizon)
    return np.asarray(history[-period:][np.arange(horizon) % period], np.float64)


def naive2(history: Values, horizon: int, period: int) -> Values:
    """The last value without its season, put back where one is found: the M competitions' yardstick for OWA."""
    multiplicative = bool((history > 0).all())
    indices = seasonal_indices(history, (period,), multiplicative)
    count = len(history)
    ahead = indices[(count + np.arange(horizon)) % len(indices)]
    last = indices[(count - 1) % len(indices)]
    return np.asarray(history[-1] / last * ahead if multiplicative else history[-1] - last + ahead, np.float64)


def owa(smape_ratio: float, mase_ratio: float) -> float:
    """Overall weighted average of the M4 competition: the mean of both measures' ratios to `naive2`."""
    return 0.5 * (smape_ratio + mase_ratio)
