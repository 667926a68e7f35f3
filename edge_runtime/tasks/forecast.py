"""Time-series forecasting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.forecast.covariates import Covariates
from edgernn.edge_runtime.forecast.features import Prepared, prepare_raw, restore
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.forecast import ForecastSpec

if TYPE_CHECKING:
    from edgernn.edge_runtime.forecast.session import ForecastSession

# Part of the values that `lower` and `upper` should hold between them.
DEFAULT_COVERAGE = 0.8


@dataclass(frozen=True)
class Forecast:
    """What comes next.

    Attributes:
      mean: float64 [horizon], the middle of the forecast (the median: half of the outcomes should lie below).
      lower: float64 [horizon], the range's lower end.
      upper: float64 [horizon], the range's upper end.
      coverage: part of the outcomes that the range should hold, 0 to 1.
      flags: what was wrong with the history and how it was mended, one sentence each; none for a sound one.
    """

    mean: Values
    lower: Values
    upper: Values
    coverage: float
    flags: tuple[str, ...] = ()


class Forecaster(Model):
    """Forecasts series from their past. See `Model` for the arguments."""

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, ForecastSpec):
            raise BundleError(f"{bundle.path}: not a forecaster")
        self._task = task
        _check_model(bundle, task)

    @property
    def task(self) -> ForecastSpec:
        """How histories are read, and how far ahead the network looks."""
        return self._task

    @overload
    def forecast(
        self,
        history: Sequence[float] | npt.NDArray[np.generic],
        horizon: int | None = None,
        coverage: float = ...,
        covariates: Covariates | None = ...,
    ) -> Forecast: ...
    @overload
    def forecast(
        self,
        history: Sequence[Sequence[float]],
        horizon: int | None = None,
        coverage: float = ...,
        covariates: Sequence[Covariates] | None = ...,
    ) -> list[Forecast]: ...
    def forecast(
        self,
        history: Sequence[float] | Sequence[Sequence[float]] | npt.NDArray[np.generic],
        horizon: int | None = None,
        coverage: float = DEFAULT_COVERAGE,
        covariates: Covariates | Sequence[Covariates] | None = None,
    ) -> Forecast | list[Forecast]:
        """Forecasts one series, or each of several.

        Args:
          history: the values so far, the oldest first, of any length (what lies before the bundle's context is not
            looked at; a history shorter than the network's window is padded in front, and flagged); or a list of such.
          horizon: steps ahead, by default and at most the bundle's.
          coverage: of the range: one that the bundle's quantiles give (usually 0.8 and 0.95).
          covariates: for a bundle that has them, the other variables by name, as many values as the history has, and
            the steps ahead after these for those that are known ahead; for several series a list of such.

        Returns:
          A forecast, or a list of them for several series.

        Raises:
          InputError: no usable number in it, covariates that do not fit, or a horizon or coverage that the bundle does
            not give.
        """
        steps = self.check_horizon(horizon)
        ends = self._ends(coverage)
        if not _is_several(history):
            if covariates is not None and not isinstance(covariates, Mapping):
                raise InputError("covariates: expected a dictionary of arrays by name for one series")
            return self._one(history, steps, ends, coverage, covariates)
        others = [None] * len(history) if covariates is None else covariates
        if isinstance(others, Mapping) or len(others) != len(history):
            raise InputError(f"covariates: expected a list of {len(history)} dictionaries, one for each series")
        pairs = zip(history, others, strict=True)
        return [self._one(series, steps, ends, coverage, other) for series, other in pairs]

    def session(self) -> ForecastSession:  # type: ignore[override]
        """A stream of values: one in, an updated forecast and an anomaly score out."""
        from edgernn.edge_runtime.forecast.session import ForecastSession

        return ForecastSession(self)

    def quantiles(self, history: npt.ArrayLike, covariates: Covariates | None = None) -> Values:
        """Every quantile of every step ahead, float64 [horizon, quantiles]; see `forecast` for the arguments."""
        return self._quantiles(prepare_raw(history, self._task, covariates).prepared)

    def _quantiles(self, prepared: Prepared) -> Values:
        task = self._task
        inputs = {task.window_input: prepared.window[None], task.context_input: prepared.context[None]}
        outputs = restore(self.run(inputs)[task.output][0], prepared, task)
        # Quantization may let neighbours cross by a hair.
        return np.maximum.accumulate(outputs, axis=1)

    def check_horizon(self, horizon: int | None) -> int:
        """The steps to give.

        Raises:
          InputError: fewer than 1, or more than the bundle forecasts.
        """
        steps = self._task.horizon if horizon is None else horizon
        if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= self._task.horizon:
            raise InputError(f"horizon: this bundle forecasts 1 to {self._task.horizon} steps, not {steps}")
        return steps

    def _ends(self, coverage: float) -> tuple[int, int]:
        levels = np.array(self._task.quantiles)
        wanted = (1 - coverage) / 2, (1 + coverage) / 2
        places = tuple(int(np.abs(levels - level).argmin()) for level in wanted)
        if not np.allclose(levels[list(places)], wanted, atol=1e-6) or coverage <= 0:
            offered = sorted({round(1 - 2 * level, 6) for level in self._task.quantiles if level < 0.5})
            raise InputError(f"coverage: this bundle gives {', '.join(map(str, offered))}, not {coverage}")
        return places[0], places[1]

    def _one(
        self,
        history: npt.ArrayLike,
        steps: int,
        ends: tuple[int, int],
        coverage: float,
        covariates: Covariates | None,
    ) -> Forecast:
        found = prepare_raw(history, self._task, covariates)
        ahead = self._quantiles(found.prepared)[:steps]
        middle = self._task.quantiles.index(0.5)
        return Forecast(ahead[:, middle], ahead[:, ends[0]], ahead[:, ends[1]], coverage, found.flags)


def _is_several(history: object) -> bool:
    if isinstance(history, np.ndarray):
        return history.ndim == 2
    if isinstance(history, Sequence) and not isinstance(history, (str, bytes)) and len(history):
        return all(isinstance(item, (Sequence, np.ndarray)) and not isinstance(item, (str, bytes)) for item in history)
    return False


def _check_model(bundle: Bundle, task: ForecastSpec) -> None:
    inputs = {tensor.name: tensor.shape for tensor in bundle.manifest.inputs}
    outputs = {tensor.name: tensor.shape for tensor in bundle.manifest.outputs}
    wanted = {task.window_input: (1, *task.window_shape), task.context_input: (1, task.context_width)}
    answer = (1, task.horizon, len(task.quantiles))
    if inputs != wanted or outputs.get(task.output) != answer:
        raise BundleError(f"{bundle.path}: its model does not take and give what its task says ({inputs}, {outputs})")
    if not task.periods or list(task.periods) != sorted(set(task.periods)):
        raise BundleError(f"{bundle.path}: its seasons must rise")
    if 0.5 not in task.quantiles or list(task.quantiles) != sorted(set(task.quantiles)):
        raise BundleError(f"{bundle.path}: its quantiles must rise, with 0.5 among them")
    if min(*task.periods, task.horizon, task.window) < 1 or task.context < task.window:
        raise BundleError(f"{bundle.path}: its season, horizon, window or context makes no sense")
    names = [one.name for one in task.covariates]
    if len(set(names)) < len(names) or not all(one.scale > 0 for one in task.covariates):
        raise BundleError(f"{bundle.path}: its covariates make no sense")
