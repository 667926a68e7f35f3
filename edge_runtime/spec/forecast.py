"""What a forecasting bundle adds: how a history becomes the network's inputs, and its outputs values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Numbers of a history that the network is told beside its paths.
FACTS = 5


@dataclass(frozen=True)
class CovariateSpec:
    """Another variable that the network is told.

    Attributes:
      name: of its column.
      known: whether it is known ahead (a price plan, a weather forecast), or up to now only.
      mean: of the training part, which the network's input is relative to.
      scale: standard deviation of the training part, more than 0: the unit of the network's input.
    """

    name: str
    known: bool
    mean: float
    scale: float


@dataclass(frozen=True)
class ForecastSpec:
    """Time-series forecasting.

    Attributes:
      name: always "forecast".
      frequency: of the values, for people ("monthly").
      periods: values in a season, rising: (24, 168) for hourly values with days and weeks; (1,) where there is none.
      horizon: steps ahead that the network forecasts at once.
      window: values that the network sees.
      context: values of the history that count at all; older ones are not looked at.
      transform: "log": the network works on logarithms, and values must be positive; "linear": on the values; both in
        units of their mean step.
      quantiles: of the output's last axis, rising, 0.5 among them.
      columns: names of the columns that it was trained to forecast; empty where the file had none.
      covariates: other variables, in the order of the inputs.
      window_input: the model input float32 [1, window, 2 + covariates].
      context_input: the model input float32 [1, 2 * horizon + 5 + horizon * known covariates].
      output: the model output float32 [1, horizon, quantiles].
    """

    name: Literal["forecast"]
    frequency: str
    periods: tuple[int, ...]
    horizon: int
    window: int
    context: int
    transform: Literal["log", "linear"]
    quantiles: tuple[float, ...]
    columns: tuple[str, ...]
    covariates: tuple[CovariateSpec, ...]
    window_input: str
    context_input: str
    output: str

    @property
    def period(self) -> int:
        """The shortest season, by which errors are scaled."""
        return self.periods[0]

    @property
    def window_shape(self) -> tuple[int, int]:
        """Of the first input, without the batch."""
        return self.window, 2 + len(self.covariates)

    @property
    def context_width(self) -> int:
        """Of the second input."""
        return 2 * self.horizon + FACTS + self.horizon * sum(one.known for one in self.covariates)

    def assets(self) -> tuple[str, ...]:
        """None are needed."""
        return ()
