"""The season of a series, estimated from its past alone."""

from __future__ import annotations

import numpy as np

from edgernn.edge_runtime.forecast.history import Values

# Cycles that must have been seen before a season is looked for.
_LEAST_CYCLES = 3
# One-sided 90 % of the normal distribution, as in the benchmarks of the M competitions.
_CRITICAL = 1.645
# A month that sold nothing must not divide by zero.
_LEAST_INDEX = 0.01


def is_seasonal(values: Values, period: int) -> bool:
    """Whether the autocorrelation at one period stands out from the noise of the shorter lags.

    Bartlett's test at 90 %, as the M3 and M4 competitions used it (Makridakis and Hibon 2000).

    Args:
      values: float64 [n].
      period: values a season.
    """
    if period < 2 or len(values) < _LEAST_CYCLES * period:
        return False
    centred = values - values.mean()
    power = float(centred @ centred)
    if power <= 1e-12 * max(1.0, float(values @ values)):
        return False
    lags = np.array([centred[lag:] @ centred[:-lag] for lag in range(1, period + 1)]) / power
    limit = _CRITICAL * np.sqrt((1 + 2 * np.sum(lags[:-1] ** 2)) / len(values))
    return bool(abs(lags[-1]) > limit)


def seasonal_indices(values: Values, period: int, multiplicative: bool) -> Values:
    """Classical decomposition: what each place in the season adds to the trend, or multiplies it by.

    Args:
      values: float64 [n], the first of them at place 0; positive where `multiplicative`.
      period: values a season.
      multiplicative: indices are factors with a mean of 1, else summands with a mean of 0.

    Returns:
      float64 [period]; all 1 (or 0) where no season is found.
    """
    neutral = np.full(period, 1.0 if multiplicative else 0.0)
    if not is_seasonal(values, period):
        return neutral
    half = period // 2
    # Centred: an even season needs half of the values at both ends.
    weights = np.r_[0.5, np.ones(period - 1), 0.5] if period % 2 == 0 else np.ones(period)
    trend = np.convolve(values, weights / period, "valid")
    places = np.arange(half, half + len(trend)) % period
    middle = values[half : half + len(trend)]
    if not multiplicative:
        means = np.bincount(places, middle - trend, period) / np.bincount(places, minlength=period)
        return np.asarray(means - means.mean())
    ratios = middle / np.maximum(trend, np.finfo(np.float64).tiny)
    means = np.bincount(places, ratios, period) / np.bincount(places, minlength=period)
    return np.asarray(np.maximum(means / means.mean(), _LEAST_INDEX), np.float64)
