"""Exponential smoothing and the Theta method: what the network's forecast starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.forecast.history import Values

_RATES = np.linspace(0.05, 1.0, 20)
# The recursion, so many values at once: [rate, value] and [rate, value, value].
_BLOCK = 32
_KEPT = (1 - _RATES)[:, None] ** np.arange(_BLOCK + 1)
_AGES = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
# A part of the sum of squares: errors that are smaller are rounding, as those of a constant series are, and would
# choose another rate on another machine.
_ROUNDING = 1e-24
_SHARES = np.where(_AGES >= 0, _RATES[:, None, None] * _KEPT[:, np.maximum(_AGES, 0)], 0.0)


@dataclass(frozen=True)
class Smoothed:
    """The level behind the last value, and the rate (0 to 1) whose one-step forecasts erred least."""

    level: float
    rate: float


def smooth(values: Values) -> Smoothed:
    """Simple exponential smoothing, its rate chosen from 0.05, 0.10, ... 1 by the sum of squared one-step errors.

    Of rates that differ by nothing but rounding the lowest is taken.

    Args:
      values: float64 [n], n at least 1.
    """
    levels = np.full((len(_RATES), 1), float(values[0]))
    squares = np.zeros(len(_RATES))
    for start in range(1, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        count = len(block)
        # Level after each value: what is left of the level before, and of every value since.
        after = levels * _KEPT[:, 1 : count + 1] + _SHARES[:, :count, :count] @ block
        errors = block - np.concatenate([levels, after[:, :-1]], axis=1)
        squares += np.einsum("ij,ij->i", errors, errors)
        levels = after[:, -1:]
    best = int((squares <= squares.min() + _ROUNDING * float(values @ values)).argmax())
    return Smoothed(float(levels[best, 0]), float(_RATES[best]))


def theta(values: Values, horizon: int) -> tuple[Values, float]:
    """The Theta method: half the trend line, half a smoothed line bent twice as far.

    Assimakopoulos and Nikolopoulos (2000), whose method won the M3 competition.

    Args:
      values: float64 [n], without season, n at least 1.
      horizon: steps ahead.

    Returns:
      Forecasts float64 [horizon], and the rate of the smoothing.
    """
    count = len(values)
    times = np.arange(count)
    slope = 0.0
    if count > 1:
        centred = times - times.mean()
        slope = float(centred @ (values - values.mean()) / (centred @ centred))
    start = float(values.mean()) - slope * (count - 1) / 2
    bent = smooth(2 * values - (start + slope * times))
    ahead = start + slope * (count + np.arange(horizon))
    return np.asarray(0.5 * (bent.level + ahead), np.float64), bent.rate
