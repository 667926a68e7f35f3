"""What a forecasting bundle adds: how a history becomes the network's inputs, and its outputs values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ForecastSpec:
    """Time-series forecasting.

    Attributes:
      name: always "forecast".
      frequency: of the values, for people ("monthly").
      period: values a season; 1 where there is none.
      horizon: steps ahead that the network forecasts at once.
      window: values that the network sees.
      context: values of the history that count at all; older ones are not looked at.
      transform: "log": the network works on logarithms, and values must be positive; "linear": on the values, in
        units of their mean step.
      quantiles: of the output's last axis, rising, 0.5 among them.
      window_input: the model input float32 [1, window, 2].
      context_input: the model input float32 [1, 2 * horizon + 4].
      output: the model output float32 [1, horizon, quantiles].
    """

    name: Literal["forecast"]
    frequency: str
    period: int
    horizon: int
    window: int
    context: int
    transform: Literal["log", "linear"]
    quantiles: tuple[float, ...]
    window_input: str
    context_input: str
    output: str

    def assets(self) -> tuple[str, ...]:
        """None are needed."""
        return ()
