"""Shows a training on standard error: a live bar on a terminal, and a line for each epoch everywhere."""

from __future__ import annotations

import contextlib
import sys
from types import TracebackType
from typing import Any


class Progress:
    """A context manager that implements the trainings' `Listener`."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            # Without rich there are still the lines.
            with contextlib.suppress(ImportError):
                from rich.console import Console
                from rich.progress import Progress as Bar

                self._bar = Bar(console=Console(stderr=True), transient=True)
                self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, line: str) -> None:
        """A line for people."""
        from edgernn.edge_runtime.cli.output import one_line

        if self._bar is not None:
            self._bar.console.print(one_line(line), markup=False, highlight=False, soft_wrap=True)
        else:
            print(one_line(line), file=sys.stderr)

    def batch(self, done: int, total: int) -> None:
        """`done` of an epoch's `total` batches are done."""
        if self._bar is None:
            return
        if self._task is None:
            self._task = self._bar.add_task("epoch 1", total=total)
        self._bar.update(self._task, completed=done, total=total)

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""
        self.say(f"epoch {number:3}  " + "  ".join(f"{name} {value:.4f}" for name, value in figures.items()))
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=0, description=f"epoch {number + 1}")
