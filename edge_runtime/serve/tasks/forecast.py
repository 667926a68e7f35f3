"""Forecasts over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.session import ForecastSession
from edgernn.edge_runtime.serve.fields import (
    NUMBER,
    OBJECT,
    VALUES,
    WHOLE,
    Emit,
    Field,
    Given,
    Operation,
    either,
    list_of,
)
from edgernn.edge_runtime.serve.tasks.base import SessionApi, TaskApi
from edgernn.edge_runtime.tasks.forecast import DEFAULT_COVERAGE, Forecast, Forecaster

_STEP = ("value", "time", "interval", "covariates")
_HISTORY = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170]


def forecast(model: Forecaster, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `Forecaster.forecast`."""
    horizon, coverage = given.get("horizon"), given.get("coverage", DEFAULT_COVERAGE)
    others = given.get("covariates")
    if "history" in given:
        if isinstance(others, list):
            raise InputError("covariates: one history has one object of them, not a list")
        return _plain(model.forecast(_values(given["history"]), horizon, coverage, _arrays(others)))
    histories = given["histories"]
    beside = [others] * len(histories) if others is None else others
    if not isinstance(beside, list) or len(beside) != len(histories):
        raise InputError(f"covariates: expected a list of {len(histories)} objects, one for each history")
    pairs = zip(histories, beside, strict=True)
    return {"results": [_plain(model.forecast(_values(h), horizon, coverage, _arrays(o))) for h, o in pairs]}


def step(model: Forecaster, session: ForecastSession, value: Any) -> dict[str, Any]:
    """As `ForecastSession.step`."""
    given = value if isinstance(value, dict) else {"value": value}
    if unknown := sorted(set(given) - set(_STEP)):
        raise InputError(f"step: unknown field {', '.join(unknown)}: there are {', '.join(_STEP)}")
    numbers = {name: given.get(name) for name in _STEP[:3]}
    for name, number in numbers.items():
        if isinstance(number, (bool, str, list, dict)):
            raise InputError(f"step: {name}: expected a number or null")
    found = session.step(**numbers, covariates=_covariates(given.get("covariates")))
    return {"forecast": _plain(found.forecast), "score": found.score, "flags": list(found.flags)}


def _covariates(given: Any) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise InputError("step: covariates: expected an object of numbers by name")
    return {name: _values(v) if isinstance(v, list) else _values([v])[0] for name, v in given.items()}


def _arrays(covariates: Any) -> dict[str, Values] | None:
    if covariates is None:
        return None
    if not isinstance(covariates, dict) or not all(isinstance(values, list) for values in covariates.values()):
        raise InputError("covariates: expected an object of lists of numbers by name")
    return {name: _values(values) for name, values in covariates.items()}


def _values(values: list[Any]) -> Values:
    """JSON has null for what is missing."""
    try:
        return np.array([np.nan if value is None else value for value in values], np.float64).reshape(len(values))
    except (TypeError, ValueError, OverflowError):
        raise InputError("expected a list of numbers, with null where one is missing") from None


def _plain(found: Forecast) -> dict[str, Any]:
    ahead = {name: getattr(found, name).tolist() for name in ("mean", "lower", "upper")}
    return {**ahead, "coverage": found.coverage, "flags": list(found.flags)}


API = TaskApi(
    (
        Operation(
            "",
            "what comes after a history of values, with a range",
            (
                Field("history", VALUES, "the values so far, the oldest first; null where one is missing", _HISTORY),
                Field("histories", list_of(VALUES), "or a list of such, which gives results"),
                Field("horizon", WHOLE, "steps ahead (default: all that the model gives)"),
                Field("coverage", NUMBER, "of the range, 0 to 1 (default: 0.8)"),
                Field("covariates", either(OBJECT, list_of(OBJECT)), "other variables by name, lists of numbers"),
            ),
            forecast,
            one_of=("history", "histories"),
        ),
    ),
    SessionApi(step, either({"type": ["number", "null"]}, OBJECT), 118),
)
