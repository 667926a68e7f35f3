"""`edgernn run` for a forecaster: columns of CSV files, and values that come line by line on standard input."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgernn.edge_runtime.cli.forecast_columns import choice_for, other_frequency
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.outcome import SeriesForecast

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecast, Forecaster

_COVERAGES = (0.8, 0.95)


def run_forecast(model: Forecaster, args: argparse.Namespace) -> int:
    """Forecasts every series of every file; without files, after each line of standard input."""
    from edgernn.edge_runtime.cli.output import one_line, print_json, print_table
    from edgernn.edge_runtime.cli.run_arrays import standard_input

    steps = model.check_horizon(args.horizon)
    if not args.input:
        if args.plot:
            raise InputError("--plot draws files of series: give one")
        return _stream(model, standard_input(), steps, args.json)
    results = [one for name in args.input for one in _forecasts(model, Path(name), steps, args)]
    if args.plot:
        from edgernn.edge_runtime.forecast.plot import draw

        draw(results, model.task.periods, Path(args.plot))
    if args.json:
        print_json([one.to_dict() for one in results])
        return 0
    file = ""
    for one in results:
        if one.file != file:
            file = one.file
            print("; ".join([one_line(file), *one.notes]))
        print(f"{one_line(one.name or 'series')}{_notes(one.near.flags)}")
        rows = zip(one.times, one.near.mean, one.near.lower, one.near.upper, strict=True)
        cells = [[time, *(f"{value:.6g}" for value in row)] for time, *row in rows]
        print_table(cells, ["time", "forecast", f"{100 * one.near.coverage:g} % from", "to"])
    if args.plot:
        print(f"wrote {args.plot}")
    return 0


def _forecasts(model: Forecaster, path: Path, steps: int, args: argparse.Namespace) -> Iterator[SeriesForecast]:
    from edgernn.edge_runtime.forecast.series import read_series

    choice = choice_for(model.task, args)
    table = read_series(path, choice)
    other = other_frequency(table, model.task)
    notes = (*table.notes, f"{other}: the forecast is a guess") if other else table.notes
    known = {one.name: one.known for one in model.task.covariates}
    for one in table.series:
        values = np.concatenate([one.values, one.test])
        covariates = {n: v[: None if known[n] else len(values)] for n, v in one.covariates.items() if n in known}
        near, wide = (model.forecast(values, steps, coverage, covariates or None) for coverage in _COVERAGES)
        yield SeriesForecast(str(path), one.name, values, _relative(one.label, len(values)), near, wide, notes)


def _relative(label: Callable[[int], str] | None, count: int) -> Callable[[int], str] | None:
    return label and (lambda step: label(count - 1 + step))


def _stream(model: Forecaster, lines: Iterable[str], steps: int, as_json: bool) -> int:
    if model.task.covariates:
        raise InputError("this bundle has covariates: forecast a file, or use session.step in Python")
    session, told = model.session(), ""
    for number, line in enumerate(lines, 1):
        step = session.step(_value(line, number))
        plain = _plain(step.forecast)
        ahead = {name: values[:steps] if isinstance(values, list) else values for name, values in plain.items()}
        if as_json:
            print(json.dumps({"value": number, "score": step.score, **ahead, "flags": list(step.flags)}), flush=True)
        else:
            means = " ".join(f"{value:.6g}" for value in ahead["mean"])
            notes = _notes(step.flags)
            # What holds for every value of a short history is said once.
            print(f"{number}  score {step.score:.2f}  next {means}{notes if notes != told else ''}", flush=True)
            told = notes
    return 0


def _value(line: str, number: int) -> float | None:
    text = line.strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InputError(f"standard input, line {number}: expected a number, or nothing where one is missing") from None


def _plain(forecast: Forecast) -> dict[str, Any]:
    document = asdict(forecast)
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in document.items()}


def _notes(flags: Iterable[str]) -> str:
    text = "; ".join(flags)
    return f"  ({text})" if text else ""
