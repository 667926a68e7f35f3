"""`edgernn bench`: how fast a bundle is on this machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from edgernn.edge_runtime.cli.common import add_engine_arguments
from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.measure import Measurement


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each sequence length (default: 1)")
    add_engine_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Times loading and calls."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.measure import measure

    if not 0 < args.seconds <= 600:
        raise InputError(f"--seconds must lie between 0 and 600, not {args.seconds:g}")
    result = measure(args.bundle, args.threads, args.engine, args.seconds)
    if args.json:
        print_json(result.to_dict())
    else:
        _print(result)
    return 0


def _print(result: Measurement) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    memory = "unknown" if result.peak_memory_bytes is None else f"{result.peak_memory_bytes / 1e6:.1f} MB"
    print(f"engine {result.engine}, {result.threads} thread(s), file {result.file_bytes:,} bytes")
    print(f"load {result.load_ms:.1f} ms, first call {result.first_call_ms:.1f} ms, peak memory {memory}")
    rows = [
        [
            str(t.steps),
            f"{t.p50:.0f}",
            f"{t.p90:.0f}",
            f"{t.p99:.0f}",
            f"{t.steps_per_second:,.0f}",
            str(t.calls),
        ]
        for t in result.latencies
    ]
    print_table(rows, ["steps", "p50 us", "p90 us", "p99 us", "steps/s", "calls"])
