"""Makes a history whole: what is missing or impossible in it is mended by a stated rule, and flagged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError

Values: TypeAlias = "npt.NDArray[np.float64]"
# Beyond this a sensor is broken: squares of it would leave float64, and it would leave float32.
GREATEST = 1e30
# Where logarithms are taken, zeros and less become this part of the median; so does what is next to nothing beside it.
_FLOOR, _LEAST = 0.01, 1e-9
# Longer gaps are no straight lines where there is a season of at least so many values.
_LONGEST_LINE, _LEAST_SEASON = 3, 4

MISSING, OUT_OF_RANGE, NOT_POSITIVE, CONSTANT, SHORT = (
    "missing values were filled",
    "impossible values were left out",
    "values that are not positive were raised",
    "the history is constant",
    "the history is shorter than the network's window",
)


@dataclass(frozen=True)
class Cleaned:
    """A history without gaps.

    Attributes:
      values: float64 [n], n at least 1, finite; positive where the transform needs it.
      flags: what was done or seen, one sentence each.
    """

    values: Values
    flags: tuple[str, ...]


def clean(history: npt.ArrayLike, transform: Literal["log", "linear"], periods: Sequence[int] = ()) -> Cleaned:
    """Mends a history.

    Not-a-number and None are missing; infinite values and those beyond 1e30 are left out like missing ones. Missing
    values at the beginning are cut off, those inside lie on the line between their neighbours, those at the end repeat
    the last value; but where more than 3 are missing in a row, what was a season before stands in for them, if there is
    a season of 4 values or more and something before. Where the transform is "log", values that are not positive, or
    less than a billionth of the positive ones' median, become 1 % of it.

    Args:
      history: [n] numbers.
      transform: of the bundle.
      periods: values in a season, rising.

    Raises:
      InputError: not a list of numbers, or none of them can be used.
    """
    values = as_numbers(history)
    flags = []
    with np.errstate(invalid="ignore"):
        impossible = np.isinf(values) | (np.abs(values) > GREATEST)
    if impossible.any():
        flags.append(OUT_OF_RANGE)
    values = np.where(impossible, np.nan, values)
    known = np.flatnonzero(~np.isnan(values))
    if not known.size:
        raise InputError("history: no usable value in it: a forecast needs at least one number")
    if known.size < len(values) - impossible.sum():
        flags.append(MISSING)
    values = _filled(values[known[0] :], periods)
    if transform == "log":
        values = _positive(values, flags)
    if len(values) > 1 and np.ptp(values) == 0.0:
        flags.append(CONSTANT)
    return Cleaned(values, tuple(flags))


def _filled(values: Values, periods: Sequence[int]) -> Values:
    missing = np.isnan(values)
    if not missing.any():
        return values
    known = np.flatnonzero(~missing)
    filled = np.interp(np.arange(len(values)), known, values[known])
    seasons = [period for period in sorted(periods, reverse=True) if period >= _LEAST_SEASON]
    edges = np.flatnonzero(np.diff(np.r_[0, missing.astype(np.int8), 0]))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start > _LONGEST_LINE:
            for place in range(start, end):
                before = [place - period for period in seasons if place >= period]
                if before:
                    filled[place] = filled[before[0]]
    return filled


def as_numbers(history: npt.ArrayLike) -> Values:
    """One-dimensional float64, missing values as not-a-number.

    Raises:
      InputError: it is something else.
    """
    try:
        values = np.array(history, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"history: expected a list of numbers (None or NaN where one is missing): {error}") from error
    if values.ndim != 1 or not values.size:
        raise InputError(f"history: expected a list of numbers, found an array of shape {list(values.shape)}")
    return values


def _positive(values: Values, flags: list[str]) -> Values:
    positive = values[values > 0]
    if not positive.size:
        raise InputError("history: no positive value in it, and this bundle's series are positive: train one on yours")
    median = float(np.median(positive))
    too_small = values <= _LEAST * median
    if not too_small.any():
        return values
    flags.append(NOT_POSITIVE)
    return np.where(too_small, _FLOOR * median, values)
