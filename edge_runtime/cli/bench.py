"""`edgernn bench`: how fast a bundle is on this machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from edgernn.edge_runtime.cli.common import add_engine_arguments
from edgernn.edge_runtime.errors import InputError

if TYPE_CHECKING:
    from edgernn.edge_runtime.measure.bench import Measurement
    from edgernn.edge_runtime.measure.compare import Comparison


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    parser.add_argument("--compare", metavar="OTHER.tflite", help="time both in turn, and print the ratio")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each figure (default: 1)")
    add_engine_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Times loading and calls, or two bundles against each other."""
    from edgernn.edge_runtime.cli.output import print_json
    from edgernn.edge_runtime.measure.bench import measure
    from edgernn.edge_runtime.measure.compare import compare

    if not 0 < args.seconds <= 600:
        raise InputError(f"--seconds must lie between 0 and 600, not {args.seconds:g}")
    options = {"engine": args.engine, "cache": args.cache, "cores": args.cores}
    if args.compare:
        compared = compare(args.bundle, args.compare, args.threads, args.seconds, **options)
        print_json(compared.to_dict()) if args.json else _print_comparison(compared)
        return 0
    result = measure(args.bundle, args.threads, args.seconds, **options)
    print_json(result.to_dict()) if args.json else _print(result)
    return 0


def _print(result: Measurement) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    memory = "unknown" if result.peak_memory_bytes is None else f"{result.peak_memory_bytes / 1e6:.1f} MB"
    print(f"engine {result.engine}, {result.threads} thread(s), file {result.file_bytes:,} bytes")
    print(f"load {result.load_ms:.1f} ms, first call {result.first_call_ms:.1f} ms, peak memory {memory}")
    rows = [
        [str(t.steps), f"{t.p50:.0f}", f"{t.p90:.0f}", f"{t.p99:.0f}", f"{t.steps_per_second:,.0f}", str(t.calls)]
        for t in result.latencies
    ]
    print_table(rows, ["steps", "p50 us", "p90 us", "p99 us", "steps/s", "calls"])
    if result.signatures:
        print()
        print_table(
            [
                [
                    s.name,
                    *(f"{value:.1f}" for value in (s.p50, s.p90, s.p99)),
                    f"{s.read_bytes:,}" if s.read_bytes else "unknown",
                    f"{s.floor:.1f}" if s.floor else "unknown",
                    f"{s.to_floor:.1f} x" if s.to_floor else "unknown",
                ]
                for s in result.signatures
            ],
            ["signature", "p50 us", "p90 us", "p99 us", "weight bytes read", "floor us", "to the floor"],
        )
    print()
    threads = [[str(t.threads), f"{t.p50:.0f}", f"{result.scaling[0].p50 / t.p50:.2f} x"] for t in result.scaling]
    print_table(threads, ["threads", f"p50 us ({result.latencies[-1].steps} steps)", "speed-up"])
    if result.profile:
        print()
        _print_profile(result)


_MOST_KINDS = 12


def _print_profile(result: Measurement) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    called = next(s for s in result.signatures if s.name == result.profiled)
    kinds = [(k.name, k.shapes, str(k.count), k.us_each, k.us) for k in result.profile[:_MOST_KINDS]]
    if others := result.profile[_MOST_KINDS:]:
        us = sum(kind.us for kind in others)
        kinds.append(("others", "", str(sum(kind.count for kind in others)), None, us))
    left = called.p50 - sum(kind.us for kind in result.profile)
    kinds.append(("the engine's own, and caches", "", "", None, left))
    rows = [
        [name, count, "" if each is None else f"{each:.3f}", f"{us:.1f}", f"{100 * us / called.p50:.0f} %", shapes]
        for name, shapes, count, each, us in kinds
    ]
    print_table(rows, [f"operators of {called.name}", "count", "us each", "us", "part", "shapes"])


def _print_comparison(compared: Comparison) -> None:
    from edgernn.edge_runtime.cli.output import print_table

    print(f"{compared.first} ({compared.engines[0]}) against {compared.second} ({compared.engines[1]})")
    print(f"file size {compared.bytes_ratio:.2f} x")
    rows = [
        [
            str(p.steps),
            f"{p.first:.0f}",
            f"{p.second:.0f}",
            f"{p.ratio:.2f}",
            f"{p.low:.2f} to {p.high:.2f}",
            str(p.pairs),
        ]
        for p in compared.lengths
    ]
    print_table(rows, ["steps", "first us", "second us", "ratio", "of most pairs", "pairs"])
