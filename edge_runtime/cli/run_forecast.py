"""`edgernn run` for a forecaster: columns of CSV files, and values that come line by line on standard input."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecast, Forecaster


def run_forecast(model: Forecaster, args: argparse.Namespace) -> int:
    """Forecasts every column of every file; without files, after each line of standard input."""
    from edgernn.edge_runtime.cli.output import one_line, print_json, print_table
    from edgernn.edge_runtime.cli.run_arrays import standard_input
    from edgernn.edge_runtime.forecast.columns import read_columns

    steps = model.check_horizon(args.horizon)
    if not args.input:
        return _stream(model, standard_input(), steps, args.json)
    results = []
    for name in args.input:
        for column, values in read_columns(Path(name), args.column or ()).items():
            forecast = model.forecast(values, steps)
            results.append({"file": name, "series": column, **_plain(forecast)})
    if args.json:
        print_json(results)
        return 0
    for result in results:
        print(f"{one_line(result['file'])}: {one_line(result['series'])}{_notes(result['flags'])}")
        rows = zip(result["mean"], result["lower"], result["upper"], strict=True)
        cells = [[str(n), *(f"{value:.6g}" for value in row)] for n, row in enumerate(rows, 1)]
        print_table(cells, ["step", "forecast", f"{100 * result['coverage']:g} % from", "to"])
    return 0


def _stream(model: Forecaster, lines: Iterable[str], steps: int, as_json: bool) -> int:
    session = model.session()
    for number, line in enumerate(lines, 1):
        step = session.step(_value(line, number))
        plain = _plain(step.forecast)
        ahead = {name: values[:steps] if isinstance(values, list) else values for name, values in plain.items()}
        if as_json:
            print(json.dumps({"value": number, "score": step.score, **ahead, "flags": list(step.flags)}), flush=True)
        else:
            means = " ".join(f"{value:.6g}" for value in ahead["mean"])
            print(f"{number}  score {step.score:.2f}  next {means}{_notes(step.flags)}", flush=True)
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
