"""What the network sees of a history, and how its answer becomes values again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.forecast.covariates import Aligned, Covariates, align
from edgernn.edge_runtime.forecast.history import SHORT, Values, as_numbers, clean
from edgernn.edge_runtime.forecast.seasonality import seasonal_indices
from edgernn.edge_runtime.forecast.smoothing import smooth, theta
from edgernn.edge_runtime.spec.forecast import ForecastSpec

# In logarithms, a forecast may be so much above or below the level: e to the 12th is 160,000 times.
_MOST = 12.0
# In units of the scale: a single spike must not swamp the rest where activations are quantized.
_GREATEST = 200.0
# Logarithms change by so much a step at least.
_LEAST_CHANGE = 1e-3
# A part of the level that counts as no change at all: constant series have no scale of their own.
_LEAST_SCALE = 1e-6
# Seasons change: one a cycle older counts so much less. Better than plain means on the M3 and Tourism competitions.
_DECAY = 0.8
# The network's input for `n` values seen is log(n) by this.
_COUNT_SCALE = 5.0


@dataclass(frozen=True)
class Prepared:
    """A history as the network takes it.

    Attributes:
      window: float32 [window, 2 + covariates]: the last values without season, relative to the level, and 1 where there
        is one (the first are 0 where the history is shorter); then the covariates at these steps.
      context: float32 [context width]: the Theta method's path and the season's, relative like the window; then both
        smoothing rates, the logarithm of the number of values, whether a season was found, and for logarithms that of
        the scale; then the covariates that
        are known ahead, step by step.
      level: what values are relative to.
      scale: the unit of what the network sees and answers: the mean step of the series, or of its logarithms in the
        window.
    """

    window: Array
    context: Array
    level: float
    scale: float


@dataclass(frozen=True)
class PreparedRaw:
    """A history as the network takes it, and what was mended in it."""

    prepared: Prepared
    flags: tuple[str, ...]


def prepare_raw(history: npt.ArrayLike, spec: ForecastSpec, covariates: Covariates | None = None) -> PreparedRaw:
    """Mends and scales a history as it comes.

    Args:
      history: [n] numbers; only the last `spec.context` count.
      spec: the bundle's.
      covariates: see `align`.

    Raises:
      InputError: nothing in it can be used, or the covariates do not fit.
    """
    values = as_numbers(history)
    aligned = align(covariates, len(values), spec)
    cleaned = clean(values[-spec.context :], spec.transform, spec.periods)
    short = (SHORT,) if len(cleaned.values) < spec.window else ()
    flags = (*cleaned.flags, *short, *(aligned.flags if aligned else ()))
    return PreparedRaw(prepare(cleaned.values, spec, aligned), flags)


def prepare(history: Values, spec: ForecastSpec, covariates: Aligned | None = None) -> Prepared:
    """Scales a history, by nothing but itself.

    Args:
      history: float64 [n], n at least 1, finite; positive where the transform is "log". Only the last `spec.context`
        values count.
      spec: the bundle's.
      covariates: at the same steps and ahead; None where the bundle has none.
    """
    values = history[-spec.context :]
    count, log = len(values), spec.transform == "log"
    indices = seasonal_indices(values, spec.periods, log, _DECAY)
    places = np.arange(count + spec.horizon) % len(indices)
    past, ahead = indices[places[:count]], indices[places[count:]]
    plain = values / past if log else values - past
    level = smooth(plain)
    path, rate = theta(plain, spec.horizon)
    if log:
        # A falling line must not reach zero: no logarithm could follow it.
        path = np.maximum(path, 0.05 * plain[-1])
        base = float(np.log(level.level))
        logs = np.log(plain)
        scale = max(float(np.abs(np.diff(logs[-spec.window :])).mean()) if count > 1 else 0.0, _LEAST_CHANGE)
        recent, path, season = (
            (logs[-spec.window :] - base) / scale,
            (np.log(path) - base) / scale,
            np.log(ahead) / scale,
        )
    else:
        base = level.level
        scale = max(float(np.abs(np.diff(plain)).mean()) if count > 1 else 0.0, _LEAST_SCALE * max(1.0, abs(base)))
        recent, path, season = (plain[-spec.window :] - base) / scale, (path - base) / scale, ahead / scale
    window = np.zeros(spec.window_shape, np.float32)
    window[spec.window - len(recent) :, 0] = recent
    window[spec.window - len(recent) :, 1] = 1.0
    if covariates is not None:
        window[:, 2:] = covariates.window
    neutral = 1.0 if log else 0.0
    found = float(np.any(indices != neutral))
    facts = [level.rate, rate, np.log(count) / _COUNT_SCALE, found, np.log(scale) if log else 0.0]
    known = np.zeros(0) if covariates is None else covariates.ahead.ravel()
    context = np.clip(np.concatenate([path, season, facts, known]), -_GREATEST, _GREATEST)
    return Prepared(np.clip(window, -_GREATEST, _GREATEST), context.astype(np.float32), base, scale)


def restore(outputs: Array, prepared: Prepared, spec: ForecastSpec) -> Values:
    """The network's outputs (float [...], relative to the level) as values, float64."""
    relative = np.asarray(outputs, np.float64)
    if spec.transform == "log":
        return np.exp(np.clip(relative * prepared.scale, -_MOST, _MOST) + prepared.level)
    return relative * prepared.scale + prepared.level


def relate(values: Values, prepared: Prepared, spec: ForecastSpec) -> Values:
    """The inverse of `restore`: what the network should have answered for these values, float64."""
    if spec.transform == "log":
        return np.asarray((np.log(values) - prepared.level) / prepared.scale)
    return np.asarray((values - prepared.level) / prepared.scale)
