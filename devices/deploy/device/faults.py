"""How work on the device ends when it cannot end well."""

from __future__ import annotations

# As everywhere in the kit: the work ran and failed its check; what was asked for cannot be done here.
CHECK_FAILED, REFUSED = 1, 2


class Fault(Exception):  # noqa: N818 - as the server's
    """Why a request failed.

    Args:
      reason: one line: what, where, how to mend it.
      status: exit status of the command.
    """

    def __init__(self, reason: str, status: int = REFUSED) -> None:
        super().__init__(reason)
        self.status = status
