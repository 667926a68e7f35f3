"""Options that several commands share."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgernn.edge_runtime.model import Model


def add_engine_arguments(parser: argparse.ArgumentParser) -> None:
    """`--threads` and `--engine`."""
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="that one call may use (default: 1)")
    parser.add_argument("--engine", metavar="NAME", help="one of those that edgernn doctor lists (default: the best)")


def open_bundle(args: argparse.Namespace) -> Model:
    """Loads `args.bundle` with the options of `add_engine_arguments`."""
    from edgernn.edge_runtime.loading import load

    return load(args.bundle, threads=args.threads, engine=args.engine)
