"""Options that several commands share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgernn.edge_runtime.model import Model


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """`--threads`, `--engine`, `--cache` and `--cores`."""
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="that one call may use (default: 1)")
    parser.add_argument("--engine", metavar="NAME", help="one of those that edgernn doctor lists (default: the best)")
    parser.add_argument("--cache", metavar="DIR", help="keep packed weights there for the next start")
    parser.add_argument("--cores", metavar="LIST", type=_cores, help="processor cores to keep to, as in 2,3")


def _cores(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of core numbers, as in 2,3") from None


def open_bundle(args: argparse.Namespace) -> Model:
    """Loads `args.bundle` with the options of `add_engine_arguments`."""
    from edgernn.edge_runtime.loading import load

    return load(args.bundle, threads=args.threads, engine=args.engine, cache=args.cache, cores=args.cores)
