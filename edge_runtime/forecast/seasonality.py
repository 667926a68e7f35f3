"""The season of a series, estimated from its past alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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


def seasonal_indices(values: Values, periods: Sequence[int], multiplicative: bool, decay: float = 1.0) -> Values:
    """Classical decomposition: what each place in the season adds to the trend, or multiplies it by.

    A longer season is looked for in what a shorter one leaves: the week in what is not the day's.

    Args:
      values: float64 [n], the first of them at place 0; positive where `multiplicative`.
      periods: values in a season, rising.
      multiplicative: indices are factors with a mean of 1, else summands with a mean of 0.
      decay: weight of a season in the next one's: 1 for plain means, less where seasons change.

    Returns:
      float64 [values after which all seasons found begin together]; [1 or 0] where none is found.
    """
    neutral = 1.0 if multiplicative else 0.0
    indices = np.full(1, neutral)
    for period in periods:
        if not is_seasonal(values, period):
            continue
        found = _factors(values, period, decay) if multiplicative else _summands(values, period, decay)
        both = np.arange(math.lcm(len(indices), period))
        one, other = indices[both % len(indices)], found[both % period]
        indices = one * other if multiplicative else one + other
        own = found[np.arange(len(values)) % period]
        values = values / own if multiplicative else values - own
    return indices


def _summands(values: Values, period: int, decay: float) -> Values:
    trend, places, middle = _trend(values, period)
    means = _means(middle - trend, places, period, decay)
    return np.asarray(means - means.mean())


def _factors(values: Values, period: int, decay: float) -> Values:
    trend, places, middle = _trend(values, period)
    means = _means(middle / np.maximum(trend, np.finfo(np.float64).tiny), places, period, decay)
    return np.asarray(np.maximum(means / means.mean(), _LEAST_INDEX), np.float64)


def _means(values: Values, places: npt.NDArray[np.int64], period: int, decay: float) -> Values:
    """By place in the season, float64 [period]; the last season counting most."""
    weights = decay ** (np.arange(len(values))[::-1] // period)
    return np.asarray(np.bincount(places, weights * values, period) / np.bincount(places, weights, period))


def _trend(values: Values, period: int) -> tuple[Values, npt.NDArray[np.int64], Values]:
    """The centred moving average over a season, where it can be had: itself, the places in the season, the values."""
    half = period // 2
    # An even season needs half of the values at both ends.
    weights = np.r_[0.5, np.ones(period - 1), 0.5] if period % 2 == 0 else np.ones(period)
    trend = np.convolve(values, weights / period, "valid")
    return trend, np.arange(half, half + len(trend)) % period, values[half : half + len(trend)]
