"""`edgernn doctor`: what this machine can run, and how to mend the rest."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """0 when something can run here, 1 when nothing can."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.doctor import diagnose

    diagnosis = diagnose()
    if args.json:
        print_json(diagnosis.to_dict())
        return 0 if diagnosis.chosen else 1
    for name, value in diagnosis.system.items():
        print(f"{name:<14}{value}")
    print("\nengines, best first")
    for engine in diagnosis.engines:
        mark = "taken" if engine.name == diagnosis.chosen else "usable" if engine.available else "no"
        mend = f": {engine.mend}" if engine.mend else ""
        print(f"  {engine.name:<20}{engine.version or '-':<10}{mark:<8}{engine.reason}{mend}")
    print("\noptional packages")
    for package in diagnosis.packages:
        state = package.version or f"not installed: {package.mend}"
        print(f"  {package.name:<24}{package.purpose:<28}{state}")
    for problem in diagnosis.problems:
        print(f"\nproblem: {problem}")
    return 0 if diagnosis.chosen else 1
