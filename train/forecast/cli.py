"""`edgernn train forecast`."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from edgernn.train.forecast.options import CELLS, PRESETS, ForecastOptions, options_for

SUMMARY = "forecast time series"
_NUMBERS: tuple[tuple[str, type, str], ...] = (
    ("layers", int, "recurrent layers"),
    ("units", int, "states of a layer"),
    ("window", int, "values that the network sees; 0: by the season"),
    ("horizon", int, "steps ahead; 0: as long as the file's test parts"),
    ("dropout", float, "of what the dense layers see"),
    ("stride", int, "values between the origins that are learnt from"),
    ("epochs", int, "greatest number of passes"),
    ("batch_size", int, "origins a step"),
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
    for name, kind, text in _NUMBERS:
        flag = f"--{name.replace('_', '-')}"
        parser.add_argument(flag, type=kind, metavar="N", help=f"{text} (default: {getattr(default, name)})")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")


def run(args: argparse.Namespace) -> int:
    """Trains, writes the folder, prints the metrics."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.examples import locate
    from edgernn.train.forecast.train import train
    from edgernn.train.progress import Progress

    chosen = {field.name: getattr(args, field.name, None) for field in fields(ForecastOptions)}
    options = options_for(args.preset, chosen)
    source = locate(args.data)
    out = Path(args.out or f"forecast-{Path(source.name).stem}")
    with Progress() as progress:
        trained = train(source, out, options, progress)
    if args.json:
        print_json(trained.metrics)
    else:
        _print(trained.metrics)
        print(f"wrote {out}")
    return 0


def _print(metrics: dict[str, Any]) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    rows = [["model, validation", metrics["validation"]], ["model, test", metrics["test"]]]
    rows += [[f"{name}, test", figures] for name, figures in metrics["baselines"].items()]
    print_table([[name, *_cells(figures)] for name, figures in rows], ["", "sMAPE", "MASE", "OWA", "80 %", "95 %"])


def _cells(figures: dict[str, float]) -> list[str]:
    ranges = [f"{100 * figures[n]:.1f} %" if n in figures else "" for n in ("coverage_80", "coverage_95")]
    return [f"{figures['smape']:.2f}", f"{figures['mase']:.3f}", f"{figures['owa']:.3f}", *ranges]
