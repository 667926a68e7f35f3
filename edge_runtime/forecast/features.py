"""What the network sees of a history, and how its answer becomes values again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.seasonality import seasonal_indices
from edgernn.edge_runtime.forecast.smoothing import smooth, theta
from edgernn.edge_runtime.spec.forecast import ForecastSpec

# Numbers of a history that the network is told beside its two paths.
FACTS = 4
# In logarithms, a forecast may be so much above or below the level: e to the 12th is 160,000 times.
_MOST = 12.0
# A part of the level that counts as no change at all: constant series have no scale of their own.
_LEAST_SCALE = 1e-6
# The network's input for `n` values seen is log(n) by this.
_COUNT_SCALE = 5.0


@dataclass(frozen=True)
class Prepared:
    """A history as the network takes it.

    Attributes:
      window: float32 [window, 2]: the last values without season, relative to the level, and 1 where there is one (the
        first are 0 where the history is shorter).
      context: float32 [2 * horizon + FACTS]: the Theta method's path and the season's, relative like the window; then
        both smoothing rates, the logarithm of the number of values, and whether a season was found.
      level: what values are relative to.
      scale: the unit of the network's outputs: 1 for logarithms, else the mean step of the series.
    """

    window: Array
    context: Array
    level: float
    scale: float


def prepare(history: Values, spec: ForecastSpec) -> Prepared:
    """Scales a history, by nothing but itself.

    Args:
      history: float64 [n], n at least 1, finite; positive where the transform is "log". Only the last `spec.context`
        values count.
      spec: the bundle's.
    """
    values = history[-spec.context :]
    count, log = len(values), spec.transform == "log"
    indices = seasonal_indices(values, spec.period, multiplicative=log)
    places = np.arange(count + spec.horizon) % spec.period
    past, ahead = indices[places[:count]], indices[places[count:]]
    plain = values / past if log else values - past
    level = smooth(plain)
    path, rate = theta(plain, spec.horizon)
    if log:
        # A falling line must not reach zero: no logarithm could follow it.
        path = np.maximum(path, 0.05 * plain[-1])
        base = float(np.log(level.level))
        recent, path, season, scale = np.log(plain[-spec.window :]) - base, np.log(path) - base, np.log(ahead), 1.0
    else:
        base = level.level
        scale = max(float(np.abs(np.diff(plain)).mean()) if count > 1 else 0.0, _LEAST_SCALE * max(1.0, abs(base)))
        recent, path, season = (plain[-spec.window :] - base) / scale, (path - base) / scale, ahead / scale
    window = np.zeros((spec.window, 2), np.float32)
    window[spec.window - len(recent) :, 0] = recent
    window[spec.window - len(recent) :, 1] = 1.0
    neutral = 1.0 if log else 0.0
    facts = [level.rate, rate, np.log(count) / _COUNT_SCALE, float(np.any(indices != neutral))]
    return Prepared(window, np.concatenate([path, season, facts]).astype(np.float32), base, scale)


def restore(outputs: Array, prepared: Prepared, spec: ForecastSpec) -> Values:
    """The network's outputs (float [...], relative to the level) as values, float64."""
    relative = np.asarray(outputs, np.float64)
    if spec.transform == "log":
        return np.exp(np.clip(relative, -_MOST, _MOST) + prepared.level)
    return relative * prepared.scale + prepared.level


def relate(values: Values, prepared: Prepared, spec: ForecastSpec) -> Values:
    """The inverse of `restore`: what the network should have answered for these values, float64."""
    if spec.transform == "log":
        return np.asarray(np.log(values) - prepared.level)
    return np.asarray((values - prepared.level) / prepared.scale)
