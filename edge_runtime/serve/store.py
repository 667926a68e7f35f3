"""Sessions by id: a bounded number of them, each closed when nobody has used it for a while."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from edgernn.edge_runtime.serve.faults import Fault
from edgernn.edge_runtime.serve.models import Served


@dataclass
class Entry:
    """An open session.

    Attributes:
      id: that its client knows; nobody can guess it.
      served: the model.
      session: of the model.
      used: when it was last used, in seconds of the store's clock.
      steps: that it has taken.
      busy: whether a call is under way.
    """

    id: str
    served: Served
    session: Any
    used: float
    steps: int = 0
    busy: bool = False


class SessionStore:
    """All open sessions. Used by the event loop's thread alone.

    Args:
      most: open at once.
      idle: seconds after which one that nobody used is closed.
      clock: seconds from anywhere.
    """

    def __init__(self, most: int, idle: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._idle, self._clock = most, idle, clock
        self._entries: dict[str, Entry] = {}
        # Being made: they count, so that many at once cannot exceed the bound.
        self._coming = 0

    def __len__(self) -> int:
        """How many are open."""
        return len(self._entries)

    def reserve(self) -> None:
        """Keeps room for one; `add` or `give_up` follows.

        Raises:
          Fault: 429: as many are open as there may be.
        """
        self.sweep()
        if len(self._entries) + self._coming >= self._most:
            waits = [self.expires_in(entry) for entry in self._entries.values() if not entry.busy]
            wait = max(1, math.ceil(min(waits, default=self._idle)))
            raise Fault(
                429,
                "too_many_sessions",
                f"{self._most} sessions are open, which is all that --sessions allows: delete one, or try again later",
                {"Retry-After": str(wait)},
            )
        self._coming += 1

    def give_up(self) -> None:
        """Nothing came of a `reserve`."""
        self._coming -= 1

    def add(self, served: Served, session: Any) -> Entry:
        """Opens one for which room was kept."""
        self._coming -= 1
        entry = Entry(secrets.token_urlsafe(16), served, session, self._clock())
        self._entries[entry.id] = entry
        return entry

    def get(self, name: str) -> Entry:
        """By id.

        Raises:
          Fault: 404: there is none, or it has expired.
        """
        self.sweep()
        entry = self._entries.get(name)
        if entry is None:
            raise Fault(404, "no_session", "there is no such session, or it has expired: open one by POST /v1/sessions")
        return entry

    def touch(self, entry: Entry) -> None:
        """It is being used."""
        entry.used = self._clock()

    def drop(self, entry: Entry) -> None:
        """Closes one."""
        self._entries.pop(entry.id, None)

    def expires_in(self, entry: Entry) -> float:
        """Seconds until it is closed if nobody uses it."""
        return max(0.0, entry.used + self._idle - self._clock())

    def sweep(self) -> None:
        """Closes those whose time is over."""
        for entry in [one for one in self._entries.values() if not one.busy and not self.expires_in(one)]:
            self.drop(entry)
