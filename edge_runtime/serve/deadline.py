"""Ends a call of a model that takes too long, or that nobody waits for any more, between two calls of the engine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import TracebackType


class Overdue(Exception):  # noqa: N818 - no error of anybody: the time is over
    """The call's time is over, or its client has gone."""


class Deadline:
    """When a call must end.

    Args:
      seconds: from now.
    """

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds; 0 where it has passed."""
        return max(0.0, self._end - monotonic())

    def cancel(self) -> None:
        """The call ends now; from any thread."""
        self._end = 0.0

    def check(self) -> None:
        """Raises Overdue where it has passed."""
        if monotonic() >= self._end:
            raise Overdue


class _Current(threading.local):
    deadline: Deadline | None = None


_current = _Current()


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """What this thread computes meanwhile must end by then, wherever it takes a `DeadlineLock`."""
    _current.deadline = deadline
    try:
        yield
    finally:
        _current.deadline = None


class DeadlineLock:
    """A model's `lock` that knows of deadlines.

    Every task takes its model's lock for every call of the engine. So this one lock ends all of them in time, a
    translation of a hundred sentences and a text of a million tokens alike, and leaves the model as it was.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> bool:
        """Raises Overdue where the deadline of `within` passes before the lock is free."""
        deadline = _current.deadline
        if deadline is None:
            return self._lock.acquire()
        deadline.check()
        if not self._lock.acquire(timeout=deadline.left()):
            raise Overdue
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The next one may compute."""
        self._lock.release()
