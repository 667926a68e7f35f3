"""Origins: places in the series from which the network learns to look ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.forecast.features import prepare_raw, relate
from edgernn.edge_runtime.forecast.history import GREATEST, clean
from edgernn.edge_runtime.forecast.series import Series
from edgernn.edge_runtime.forecast.split import LEAST_HISTORY
from edgernn.edge_runtime.spec.forecast import ForecastSpec

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Windows:
    """What the network sees from each origin, and what it should answer.

    Attributes:
      series: int [n], number of the series.
      left: int [n], values of the series from the origin on.
      window: float32 [n, window, 2 + covariates], see `Prepared`.
      context: float32 [n, context width], see `Prepared`.
      target: float32 [n, horizon], relative; not-a-number where nothing is known.
    """

    series: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    window: Floats
    context: Floats
    target: Floats

    def chosen(self, rows: npt.NDArray[np.bool_]) -> Windows:
        """Those rows."""
        return Windows(self.series[rows], self.left[rows], self.window[rows], self.context[rows], self.target[rows])

    def without_last(self, hidden: npt.NDArray[np.int64]) -> Windows:
        """As if each series had ended so many values earlier: nothing of these is seen, not even as a target."""
        kept = self.chosen(self.left > hidden[self.series])
        ends = (kept.left - hidden[kept.series])[:, None]
        beyond = np.arange(self.target.shape[1])[None] >= ends
        return Windows(kept.series, kept.left, kept.window, kept.context, np.where(beyond, np.nan, kept.target))


def make_windows(series: Sequence[Series], spec: ForecastSpec, stride: int, hidden: Sequence[int]) -> Windows:
    """Every `stride`-th origin of each series, counted from its end; scaled by the past of the origin alone.

    The origins a horizon apart in the last `hidden` values of each series, where forecasts are validated, are among
    them. An origin whose last value is missing is left out: what a gap is filled with may lie behind it.
    """
    rows: list[tuple[Any, ...]] = []
    for number, one in enumerate(series):
        for origin in _origins(len(one.values), spec, stride, hidden[number]):
            row = _row(one, origin, spec)
            if row is not None:
                rows.append((number, len(one.values) - origin, *row))
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 5
    numbers, left, window, context, ahead = columns
    return Windows(
        np.array(numbers, np.int64),
        np.array(left, np.int64),
        np.array(window, np.float32).reshape(-1, *spec.window_shape),
        np.array(context, np.float32).reshape(-1, spec.context_width),
        np.array(ahead, np.float32).reshape(-1, spec.horizon),
    )


def count_origins(series: Sequence[Series], spec: ForecastSpec) -> int:
    """How many there are with a stride of 1."""
    return sum(max(0, len(one.values) - _first(len(one.values), spec)) for one in series)


def _row(one: Series, origin: int, spec: ForecastSpec) -> tuple[Floats, Floats, Floats] | None:
    past, after = one.values[max(0, origin - spec.context) : origin], one.values[origin : origin + spec.horizon]
    usable = np.isfinite(after) & (np.abs(after) <= GREATEST)
    if spec.transform == "log":
        usable &= after >= 0
    if not np.isfinite(past[-1]) or not usable.any():
        return None
    offset = origin - len(past)
    covariates = {c.name: one.covariates[c.name][offset:] for c in spec.covariates}
    prepared = prepare_raw(past, spec, covariates).prepared
    target = np.full(spec.horizon, np.nan, np.float32)
    mended = np.where(usable, after, np.nanmax(past))
    if spec.transform == "log":
        # Zeros become what the history's own become.
        mended = clean(np.concatenate([past, mended]), "log").values[-len(after) :]
    target[: len(after)] = np.where(usable, relate(mended, prepared, spec), np.nan)
    return np.asarray(prepared.window, np.float32), np.asarray(prepared.context, np.float32), target


def _origins(length: int, spec: ForecastSpec, stride: int, hidden: int) -> list[int]:
    every = set(range(length - 1, _first(length, spec) - 1, -stride))
    every |= {origin for origin in range(length - hidden, length, spec.horizon) if origin >= LEAST_HISTORY}
    return sorted(every)


def _first(length: int, spec: ForecastSpec) -> int:
    """Two seasons must have been seen, where the series is long enough for that."""
    return max(LEAST_HISTORY, min(2 * spec.periods[-1] + 2, length - 2 * spec.horizon))
