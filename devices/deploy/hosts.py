"""What a user types for a device."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edgernn.edge_runtime.errors import InputError

# A first "-" would be an option to ssh; brackets hold an IPv6 address.
_HOST = re.compile(
    r"(?:(?P<user>[A-Za-z0-9_.][A-Za-z0-9_.\\-]*)@)?(?P<host>[A-Za-z0-9_.][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.%a-z]+\])(?::(?P<port>\d{1,5}))?"
)
LOCAL = "local"


@dataclass(frozen=True)
class Host:
    """A device.

    Attributes:
      text: as it was typed.
      target: for ssh: USER@HOST, or a name from its configuration.
      port: of its SSH server; None: ssh's own choice.
    """

    text: str
    target: str
    port: int | None

    @property
    def is_local(self) -> bool:
        """Whether this machine itself is meant."""
        return self.text == LOCAL


def parse_host(text: str) -> Host:
    """Reads [USER@]HOST[:PORT], or "local".

    Raises:
      InputError: it is none.
    """
    match = _HOST.fullmatch(text)
    port = int(match["port"]) if match and match["port"] else None
    if match is None or (port is not None and not 0 < port < 65_536):
        raise InputError(f"{text!r} is no device: write USER@HOST, USER@HOST:PORT, or local for this machine")
    host = match["host"].strip("[]")
    return Host(text, f"{match['user']}@{host}" if match["user"] else host, port)
