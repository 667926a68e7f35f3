"""Theta and ETS of `statsforecast`, on the very cases that the network is measured on."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.measure import mended, point_metrics
from edgernn.edge_runtime.forecast.split import Case
from edgernn.edge_runtime.spec.forecast import ForecastSpec

# Longer pasts and seasons take minutes a series, and hardly change a forecast.
_LONGEST_PAST, _LONGEST_SEASON = 500, 24


def statsforecast_baselines(
    cases: Sequence[Case], spec: ForecastSpec, say: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    """Their metrics by name; empty, which is said, where the package is not installed."""
    try:
        from statsforecast.models import AutoETS, Theta
    except ImportError:
        say('for the baselines of statsforecast: pip install "edgernn[forecast]"')
        return {}
    season = max((period for period in spec.periods if period <= _LONGEST_SEASON), default=1)
    say(f"Theta and ETS of statsforecast on {len(cases):,} cases")
    return {
        name: point_metrics(cases, [_forecast(model(season_length=season), case, spec) for case in cases], spec)
        for name, model in (("Theta (statsforecast)", Theta), ("ETS (statsforecast)", AutoETS))
    }


def _forecast(model: Any, case: Case, spec: ForecastSpec) -> Values:
    history = mended(case, spec)[-_LONGEST_PAST:]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.asarray(model.forecast(y=history, h=len(case.actual))["mean"], np.float64)
    except Exception:  # its methods refuse short and constant series, each in its own way
        found = np.full(len(case.actual), np.nan)
    return np.where(np.isfinite(found), found, history[-1])
