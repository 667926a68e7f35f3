"""`edgernn eval` for a forecaster."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecaster


def eval_forecast(model: Forecaster, args: argparse.Namespace) -> int:
    """Forecasts the test part of every series, and compares it with what came and with the classical methods."""
    from edgernn.edge_runtime.cli.output import print_json, print_table
    from edgernn.edge_runtime.examples import locate
    from edgernn.edge_runtime.forecast.measure import baselines, cases_of, measure
    from edgernn.edge_runtime.forecast.series import read_series

    source = locate(args.data)
    table = read_series(source.path)
    if table.period != model.task.period:
        raise InputError(
            f"{source.path}: its season is {table.period} values and the bundle's {model.task.period}: take series of "
            f"the same frequency ({model.task.frequency})"
        )
    cases = cases_of(table.series, model.task)
    if not cases:
        raise InputError(f"{source.path}: no series in it with a test part")
    metrics = measure(cases, [model.quantiles(case.history) for case in cases], model.task)
    others = baselines(cases, table.period)
    if args.json:
        found = {"series": len(cases), "engine": model.engine, "metrics": metrics, "baselines": others}
        print_json(found)
        return 0
    print(f"{len(cases)} series of {source.name}, {model.task.horizon} steps ahead, engine {model.engine}")
    rows = [["this bundle", *_cells(metrics)], *([name, *_cells(figures)] for name, figures in others.items())]
    print_table(rows, ["", "sMAPE", "MAPE", "MASE", "OWA", "80 %", "95 %"])
    return 0


def _cells(figures: dict[str, float]) -> list[str]:
    ranges = [f"{100 * figures[n]:.1f} %" if n in figures else "" for n in ("coverage_80", "coverage_95")]
    return [
        f"{figures['smape']:.2f}",
        f"{figures['mape']:.2f}",
        f"{figures['mase']:.3f}",
        f"{figures['owa']:.3f}",
        *ranges,
    ]
