"""`edgernn convert`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    from edgernn.convert.recipes import RECIPES
    from edgernn.convert.targets import TARGETS
    from edgernn.edge_runtime.profiles import PROFILES

    parser.add_argument("source", metavar="SOURCE", help="a folder from edgernn train, or a .keras or .h5 file")
    parser.add_argument("-o", "--output", required=True, metavar="OUT.tflite", help="the bundle to write")
    parser.add_argument(
        "--quantize",
        default="dynamic_wi8",
        metavar="RECIPE",
        help=f"{', '.join(RECIPES)}, auto (default: dynamic_wi8)",
    )
    parser.add_argument("--calibrate", metavar="FILE.npz", help="sample inputs by name, for the static recipes")
    parser.add_argument("--target", default="litert", help=f"{', '.join((*TARGETS, *PROFILES))} (default: litert)")
    parser.add_argument("--lowering", default="auto", help="auto, chunked, stepping, unrolled, while (default: auto)")
    parser.add_argument(
        "--max-drop",
        type=float,
        metavar="POINTS",
        help="of the task's metric, or percent of its error, that may be lost (default: 0.3; forecasts 0.5)",
    )
    parser.add_argument("--batch", type=int, default=1, help="sequences at once, for bare models (default: 1)")
    parser.add_argument("--report", metavar="OUT.html", help="write a report (.html, or .json)")
    parser.add_argument("--timeout", type=float, default=1800.0, metavar="SECONDS", help="default: 1800")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(args: argparse.Namespace) -> int:
    """Converts, prints a summary, writes the bundle and the report."""
    from edgernn.convert.api import ProofFailed, convert

    _check(args)
    try:
        result = convert(
            args.source,
            args.quantize,
            args.calibrate,
            target=args.target,
            lowering=args.lowering,
            max_drop=args.max_drop,
            timeout_s=args.timeout,
            batch=args.batch,
            progress=lambda message: print(f"{message} ...", file=sys.stderr),
        )
    except ProofFailed as error:
        _tell(args, error.report)
        raise
    result.save(args.output)
    _tell(args, result.report)
    return 0


def _check(args: argparse.Namespace) -> None:
    if (args.max_drop or 0) < 0 or args.timeout <= 0:
        raise InputError("--max-drop must be 0 or more, and --timeout more than 0")
    if args.report and Path(args.report).suffix not in (".html", ".json"):
        raise InputError(f"--report {args.report}: the name must end in .html or .json")
    for path in filter(None, (args.output, args.report)):
        if not Path(path).resolve().parent.is_dir():
            raise InputError(f"{path}: its folder does not exist")
        if Path(path).is_dir():
            raise InputError(f"{path}: is a folder: name a file")


def _tell(args: argparse.Namespace, report: dict[str, Any]) -> None:
    from edgernn.convert.report.conversion import conversion_html, conversion_lines
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.files import write_text

    if args.report:
        import json

        as_json = Path(args.report).suffix == ".json"
        write_text(args.report, json.dumps(report, indent=1) if as_json else conversion_html(report))
    if args.json:
        print_json(report)
        return
    for line in conversion_lines(report):
        print(line)
    if report["passed"]:
        print(f"wrote {args.output}")
