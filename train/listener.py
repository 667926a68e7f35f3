"""What a training tells while it goes on."""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """Is told how a training goes."""

    def say(self, line: str) -> None:
        """A line for people."""

    def batch(self, done: int, total: int) -> None:
        """`done` of an epoch's `total` batches are done."""

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""
