"""`edgernn eval` for a forecaster."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from edgernn.edge_runtime.cli.forecast_columns import check_frequency, choice_for
from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecaster


def eval_forecast(model: Forecaster, args: argparse.Namespace) -> int:
    """Forecasts the test part of every series, and compares it with what came and with the classical methods."""
    from edgernn.edge_runtime.cli.output import print_json, print_table
    from edgernn.edge_runtime.examples import locate
    from edgernn.edge_runtime.forecast.accuracy_test import compare_with_classical, sentence
    from edgernn.edge_runtime.forecast.measure import baselines, measure
    from edgernn.edge_runtime.forecast.series import read_series
    from edgernn.edge_runtime.forecast.split import cases_of, divided

    source = locate(args.data)
    table = read_series(source.path, choice_for(model.task, args))
    check_frequency(source.path, table, model.task)
    cases = cases_of(divided(table.series, model.task.horizon), model.task)
    if not cases:
        raise InputError(f"{source.path}: no series in it is long enough for {model.task.horizon} steps ahead")
    forecasts = [model.quantiles(case.history, case.covariates) for case in cases]
    metrics, others = measure(cases, forecasts, model.task), baselines(cases, model.task)
    tests = compare_with_classical(cases, forecasts, model.task)
    if args.json:
        found = {"series": len(table.series), "cases": len(cases), "engine": model.engine, "metrics": metrics}
        print_json({**found, "baselines": others, "tests": {name: asdict(test) for name, test in tests.items()}})
        return 0
    for note in table.notes:
        print(note)
    print(
        f"{len(cases):,} cases of {len(table.series):,} series of {source.name}, {model.task.horizon} steps ahead, "
        f"engine {model.engine}"
    )
    rows = [["this bundle", *_cells(metrics)], *([name, *_cells(figures)] for name, figures in others.items())]
    print_table(rows, ["", "sMAPE", "MAPE", "MASE", "OWA", "80 %", "95 %"])
    for name, test in tests.items():
        print(sentence(name, test))
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
