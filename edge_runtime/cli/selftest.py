"""`edgernn selftest`: does this device compute what the workstation computed?"""

from __future__ import annotations

import argparse

from edgernn.edge_runtime.cli.common import add_engine_arguments, open_bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    add_engine_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Runs the golden vectors: 0 when they agree, 1 when they do not."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.selftest import selftest

    report = selftest(open_bundle(args))
    if args.json:
        print_json(report.to_dict())
        return 0 if report.passed else 1
    verdict = "passed" if report.passed else "FAILED"
    print(
        f"{verdict}: {report.vectors} golden vectors with {report.engine}, greatest difference "
        f"{report.max_error:.2e} of the outputs' scale ({report.tolerance:g} allowed)"
    )
    for failure in report.failures:
        print(f"  {failure}")
    return 0 if report.passed else 1
