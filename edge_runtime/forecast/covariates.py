"""Other variables beside a series: lined up with its steps and scaled as the network learnt them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import Values, as_numbers
from edgernn.edge_runtime.spec.forecast import CovariateSpec, ForecastSpec

INCOMPLETE = "values of a covariate are missing: its mean stands in for them"
# In standard deviations: a broken sensor must not swamp the network.
_MOST = 10.0

Covariates = Mapping[str, npt.ArrayLike]


@dataclass(frozen=True)
class Aligned:
    """Covariates as the network takes them.

    Attributes:
      window: float64 [window, covariates], scaled.
      ahead: float64 [horizon, known covariates], scaled.
      flags: what was mended.
    """

    window: Values
    ahead: Values
    flags: tuple[str, ...]


def align(covariates: Covariates | None, count: int, spec: ForecastSpec) -> Aligned | None:
    """Lines covariates up with a history of so many values.

    Args:
      covariates: by name, numbers [count], or [count + steps ahead] for those that are known ahead; what lies beyond
        the horizon is left out, what is missing becomes the training mean and is flagged.
      count: values of the history, missing ones too.
      spec: the bundle's.

    Returns:
      None where the bundle has no covariates.

    Raises:
      InputError: one that the bundle needs is not there or too short, or it knows none of that name.
    """
    given = dict(covariates or {})
    names = [one.name for one in spec.covariates]
    if unknown := [name for name in given if name not in names]:
        raise InputError(f"covariate {unknown[0]!r}: this bundle has {', '.join(names) or 'none'}")
    if not spec.covariates:
        return None
    window = np.full((spec.window, len(names)), np.nan)
    ahead = np.full((spec.horizon, sum(one.known for one in spec.covariates)), np.nan)
    column = 0
    for place, one in enumerate(spec.covariates):
        scaled = _scaled(given, one, count)
        recent = scaled[max(0, count - spec.window) : count]
        window[spec.window - len(recent) :, place] = recent
        if one.known:
            coming = scaled[count : count + spec.horizon]
            ahead[: len(coming), column] = coming
            column += 1
    seen = window[max(0, spec.window - count) :]
    incomplete = bool(np.isnan(seen).any() or np.isnan(ahead).any())
    return Aligned(np.nan_to_num(window), np.nan_to_num(ahead), (INCOMPLETE,) if incomplete else ())


def _scaled(given: Mapping[str, npt.ArrayLike], one: CovariateSpec, count: int) -> Values:
    if one.name not in given:
        ahead = " and the steps ahead" if one.known else ""
        raise InputError(f"covariate {one.name!r} is missing: give its values for the history{ahead}")
    try:
        values = as_numbers(given[one.name])
    except InputError as error:
        raise InputError(f"covariate {one.name!r}: {error}") from error
    if len(values) < count:
        raise InputError(f"covariate {one.name!r}: {len(values)} values for a history of {count}: give one for each")
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.where(np.isfinite(values), values, np.nan)
        return np.asarray(np.clip((values - one.mean) / one.scale, -_MOST, _MOST), np.float64)
