"""`edgernn train TASK`."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

# Each task's module has `add_arguments(parser)` and `run(args)`, and imports nothing heavy before `run`.
TASKS: dict[str, str] = {
    "caption": "edgernn.train.caption.cli",
    "classify": "edgernn.train.classify.cli",
    "forecast": "edgernn.train.forecast.cli",
    "lm": "edgernn.train.lm.cli",
    "tag": "edgernn.train.tag.cli",
    "translate": "edgernn.train.translate.cli",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares every task's options."""
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK", help=", ".join(TASKS))
    for name, module in TASKS.items():
        task: Any = importlib.import_module(module)
        task.add_arguments(tasks.add_parser(name, help=task.SUMMARY, description=task.SUMMARY))


def run(args: argparse.Namespace) -> int:
    """Trains."""
    task: Any = importlib.import_module(TASKS[args.task])
    status: int = task.run(args)
    return status
