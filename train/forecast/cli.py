"""`edgernn train forecast`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.cli.forecast_columns import add_column_arguments
from edgernn.train.forecast.options import CELLS, PRESETS, ForecastOptions, options_for
from edgernn.train.presets import add_numbers, chosen_by

SUMMARY = "forecast time series"
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("layers", int, "recurrent layers"),
    ("units", int, "states of a layer"),
    ("window", int, "values that the network sees; 0: by the season"),
    ("segment", int, "values that a recurrent step takes together; 0: by the window"),
    ("horizon", int, "steps ahead; 0: as long as the file's test parts, or as is usual for the frequency"),
    ("dropout", float, "of what the dense layers see"),
    ("stride", int, "values between the origins that are learnt from; 0: by their number"),
    ("epochs", int, "greatest number of passes"),
    ("batch_size", int, "origins a step; 0: by their number"),
    ("learning_rate", float, "of AdamW"),
    ("seed", int, "of weights and order"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the task's options."""
    default = ForecastOptions()
    parser.add_argument("--data", default="m3-monthly", metavar="NAME|PATH", help="default: m3-monthly")
    parser.add_argument("--out", metavar="DIR", help="folder to write (default: forecast-NAME)")
    parser.add_argument("--preset", default="default", metavar="NAME", help=f"{', '.join(PRESETS)} (default: default)")
    parser.add_argument("--cell", choices=CELLS, help=f"recurrent layer (default: {default.cell})")
    add_column_arguments(parser)
    parser.add_argument("--known", action="append", metavar="NAME", help="a column that is known ahead (a price plan)")
    parser.add_argument("--observed", action="append", metavar="NAME", help="a column that is known up to now only")
    parser.add_argument(
        "--season", action="append", type=int, metavar="N", help="values in a season, more than once if need be"
    )
    add_numbers(parser, _NUMBERS, {"default:": default})
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.forecast_columns import choice_of
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.examples import locate
    from edgernn.train.forecast.train import train
    from edgernn.train.progress import Progress

    options = options_for(args.preset, chosen_by(args, ForecastOptions))
    source = locate(args.data)
    out = Path(args.out or f"forecast-{Path(source.name).stem}")
    with Progress() as progress:
        trained = train(source, out, options, progress, choice_of(args))
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    from edgernn.edge_runtime.cli.output import print_table
    from edgernn.edge_runtime.forecast.accuracy_test import DieboldMariano, sentence

    rows = [["model, validation", metrics["validation"]], ["model, test", metrics["test"]]]
    rows += [[f"{name}, test", figures] for name, figures in metrics["baselines"].items()]
    print_table(
        [[name, *_cells(figures)] for name, figures in rows], ["", "sMAPE", "MAPE", "MASE", "OWA", "80 %", "95 %"]
    )
    for name, test in metrics["tests"].items():
        print(sentence(name, DieboldMariano(**test)))


def _cells(figures: dict[str, float]) -> list[str]:
    ranges = [f"{100 * figures[n]:.1f} %" if n in figures else "" for n in ("coverage_80", "coverage_95")]
    places = {"smape": 2, "mape": 2, "mase": 3, "owa": 3}
    return [*(f"{figures[name]:.{digits}f}" for name, digits in places.items()), *ranges]
