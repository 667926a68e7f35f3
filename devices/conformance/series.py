"""Forecasting: histories mended and scaled, forecasts, streams of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgernn.devices.conformance.models import bundle_tolerance, opened
from edgernn.devices.conformance.plain import number, values
from edgernn.edge_runtime.forecast.features import prepare_raw, restore
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.forecast import CovariateSpec, ForecastSpec
from edgernn.edge_runtime.tasks.forecast import Forecast, Forecaster

_SPEC = ForecastSpec(
    "forecast", "quarterly", (4,), 4, 8, 400, "log", (0.1, 0.5, 0.9), (), (), "window", "context", "quantiles"
)
_NAN, _INF = math.nan, math.inf


def _wave(count: int, period: int, level: float = 100.0, rise: float = 0.7) -> list[float]:
    """A rising line with a season and a fixed stagger, in decimals that are exact."""
    return [
        round(level + rise * n + 20.0 * ((n % period) * 7 % 5 - 2) / 2 + ((n * 37) % 11 - 5) * 0.25, 4)
        for n in range(count)
    ]


_HISTORIES: dict[str, list[float]] = {
    "season": _wave(40, 4),
    "short": _wave(3, 4),
    "one": [5.0],
    "constant": [7.0] * 20,
    "zeros": [0.0, 3.0, 0.0, 4.0, -1.0, 5.0, 6.0, 2.0, 3.0, 8.0],
    "gaps": [_NAN, _NAN, *_wave(12, 4), _NAN, *_wave(9, 4), _NAN, _NAN, _NAN, _NAN, _NAN, *_wave(6, 4), _NAN],
    "impossible": [*_wave(10, 4), _INF, 1e31, -_INF, *_wave(10, 4)],
    "falling": [100.0 - 4.9 * n for n in range(20)],
    "hours": _wave(700, 24, rise=0.01),
    "week": [round(v + (15.0 if n // 24 % 7 > 4 else 0.0), 4) for n, v in enumerate(_wave(24 * 7 * 4, 24, rise=0.0))],
    "long": _wave(900, 4),
    "great": [1e29, 1e30, 5e29, 2e30, 1e30],
    "tiny": [1e-300, 2e-300, 1.5e-300, 1.0, 2.0],
}
_SPECS = {
    "log": _SPEC,
    "linear": replace(_SPEC, transform="linear"),
    "two seasons": replace(_SPEC, periods=(24, 168), horizon=24, window=48, context=1000, transform="linear"),
    "no season": replace(_SPEC, periods=(1,), horizon=6),
}
_COVARIATES = (CovariateSpec("price", True, 3.0, 2.0), CovariateSpec("heat", False, 20.0, 5.0))


def series_vectors(folder: Path) -> dict[str, Any]:
    """What the network sees of a history, and values out of its answer."""
    cases = [
        _prepared(name, spec, _HISTORIES[name], {})
        for key, spec in _SPECS.items()
        for name in _HISTORIES
        if key != "two seasons" or name in ("hours", "week", "short")
    ]
    covaried = replace(_SPEC, covariates=_COVARIATES)
    prices = [round(2.0 + n % 5 * 0.5, 2) for n in range(44)]
    heats = [20.0 + n % 7 for n in range(40)]
    with_gaps = {"price": prices[:42], "heat": [_NAN, *heats[1:39], _INF]}
    cases += [
        _prepared("season", covaried, _HISTORIES["season"], one)
        for one in ({"price": prices, "heat": heats}, with_gaps)
    ]
    return {
        "about": "prepare_raw and restore of edge_runtime.forecast.features: in float64, window and context rounded to "
        "float32. null: missing. Bounds are parts of the values, where these are above 1",
        "tolerance": 1e-6,
        "histories": {name: [number(v) for v in history] for name, history in _HISTORIES.items()},
        "cases": cases,
    }


def _prepared(
    name: str, spec: ForecastSpec, history: Sequence[float], covariates: dict[str, list[float]]
) -> dict[str, Any]:
    found = prepare_raw(history, spec, covariates or None)
    prepared = found.prepared
    outputs = RandomTensor("float32", (spec.horizon, len(spec.quantiles)), 17, -2, 2).values()
    return {
        "history": name,
        "covariates": {key: [number(v) for v in one] for key, one in covariates.items()},
        "spec": encode(spec),
        "flags": list(found.flags),
        "window": values(prepared.window),
        "context": values(prepared.context),
        "level": prepared.level,
        "scale": prepared.scale,
        "restored": values(restore(outputs, prepared, spec)),
    }


def forecast_vectors(folder: Path) -> dict[str, Any]:
    """Forecasts of the series bundle, and a stream with gaps and a clock that jumps."""
    model = opened(folder, "series", Forecaster)
    cases = []
    for name in ("season", "short", "one", "constant", "zeros", "gaps", "impossible", "falling", "long"):
        for horizon, coverage in ((None, 0.8), (2, 0.95)):
            found = model.forecast(_HISTORIES[name], horizon, coverage)
            cases.append(
                {
                    "bundle": "series",
                    "history": [number(v) for v in _HISTORIES[name]],
                    "horizon": horizon,
                    "coverage": coverage,
                    **_forecast(found),
                }
            )
    return {
        "about": "Forecaster.forecast and its session; bounds are parts of the greatest value of the forecast",
        "tolerance": bundle_tolerance(model),
        "cases": cases,
        "streams": [_stream(model)],
    }


def _stream(model: Forecaster) -> dict[str, Any]:
    session = model.session()
    steps = []
    for value, time, interval in _STEPS:
        found = session.step(value, time, interval)
        steps.append(
            {
                "value": None if value is None else number(value),
                "time": time,
                "interval": interval,
                "score": number(found.score),
                "flags": list(found.flags),
                "forecast": _forecast(found.forecast),
            }
        )
    return {"bundle": "series", "steps": steps}


_STEPS: tuple[tuple[float | None, float | None, float | None], ...] = (
    *((value, 10.0 * n, None) for n, value in enumerate(_wave(10, 4))),
    (None, 100.0, None),
    (140.0, 130.0, None),
    (90.0, 120.0, None),
    (95.0, 140.0, None),
    (99.0, 1000.0, None),
    (101.0, 1010.0, 10.0),
    (300.0, None, None),
)


def _forecast(found: Forecast) -> dict[str, Any]:
    return {
        "mean": values(found.mean),
        "lower": values(found.lower),
        "upper": values(found.upper),
        "flags": list(found.flags),
    }
