"""Origins: places in the series from which the network learns to look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.forecast.features import prepare, relate
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.spec.forecast import ForecastSpec

Floats = npt.NDArray[np.float32]
# Fewer values say nothing of a series.
LEAST_HISTORY = 4


@dataclass(frozen=True)
class Windows:
    """What the network sees from each origin, and what it should answer.

    Attributes:
      series: int [n], number of the series.
      left: int [n], values of the series from the origin on.
      window: float32 [n, window, 2], see `Prepared`.
      context: float32 [n, 2 * horizon + 4], see `Prepared`.
      target: float32 [n, horizon], relative; not-a-number beyond the end of the series.
    """

    series: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    window: Floats
    context: Floats
    target: Floats

    def chosen(self, rows: npt.NDArray[np.bool_]) -> Windows:
        """Those rows."""
        return Windows(self.series[rows], self.left[rows], self.window[rows], self.context[rows], self.target[rows])

    def without_last(self, hidden: int) -> Windows:
        """As if the series had ended `hidden` values earlier: nothing of these is seen, not even as a target."""
        rows = self.left > hidden
        kept = self.chosen(rows)
        beyond = np.arange(self.target.shape[1])[None] >= (kept.left - hidden)[:, None]
        return Windows(kept.series, kept.left, kept.window, kept.context, np.where(beyond, np.nan, kept.target))


def make_windows(histories: Sequence[Values], spec: ForecastSpec, stride: int) -> Windows:
    """Every `stride`-th origin of each series, counted from its end; scaled by the past of the origin alone.

    The origin one horizon before the end, where forecasts are validated, is among them.
    """
    rows: list[tuple[Any, ...]] = []
    for number, history in enumerate(histories):
        for origin in _origins(len(history), spec, stride):
            prepared = prepare(history[:origin], spec)
            target = np.full(spec.horizon, np.nan, np.float32)
            after = history[origin : origin + spec.horizon]
            target[: len(after)] = relate(after, prepared, spec)
            rows.append((number, len(history) - origin, prepared.window, prepared.context, target))
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 5
    series, left, window, context, ahead = columns
    width = 2 * spec.horizon + 4
    return Windows(
        np.array(series, np.int64),
        np.array(left, np.int64),
        np.array(window, np.float32).reshape(-1, spec.window, 2),
        np.array(context, np.float32).reshape(-1, width),
        np.array(ahead, np.float32).reshape(-1, spec.horizon),
    )


def _origins(length: int, spec: ForecastSpec, stride: int) -> list[int]:
    first = max(LEAST_HISTORY, min(2 * spec.period + 2, length - 2 * spec.horizon))
    every = set(range(length - 1, first - 1, -stride))
    if length - spec.horizon >= LEAST_HISTORY:
        every.add(length - spec.horizon)
    return sorted(every)
