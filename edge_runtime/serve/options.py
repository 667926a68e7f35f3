"""How to serve."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.errors import InputError

_SHORTEST_TOKEN = 16
# Into a new file: the one that was named may be something else.
_HOW = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(32))" > token'


@dataclass(frozen=True)
class ServeOptions:
    """Limits of a server; each is hard.

    Attributes:
      host: name or address to listen at.
      port: 0: one that is free.
      token: that clients must show, or None.
      max_body: of a request, bytes.
      timeout: seconds that a request may take, from its place in the queue to its answer.
      workers: calls of models at once.
      queue: requests that may wait beyond these.
      sessions: open at once; 0: none.
      session_idle: seconds after which a session that nobody used is closed.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = None
    max_body: int = 1_000_000
    timeout: float = 30.0
    workers: int = 4
    queue: int = 16
    sessions: int = 100
    session_idle: float = 600.0

    def __post_init__(self) -> None:
        """Raises InputError naming every value that is out of its range."""
        faults = [
            f"{option} must lie between {low:g} and {high:g}, not {getattr(self, name):g}"
            for name, (option, low, high) in _RANGES.items()
            if not low <= getattr(self, name) <= high
        ]
        if faults:
            raise InputError("; ".join(faults))


_RANGES: dict[str, tuple[str, float, float]] = {
    "port": ("--port", 0, 65_535),
    "max_body": ("--max-body", 1_000, 1_000_000_000),
    "timeout": ("--timeout", 0.1, 86_400),
    "workers": ("--workers", 1, 64),
    "queue": ("--queue", 0, 10_000),
    "sessions": ("--sessions", 0, 100_000),
    "session_idle": ("--session-idle", 1, 31_536_000),
}


def read_token(path: Path) -> str:
    """The token in a file, blanks at its ends left out.

    Raises:
      InputError: the file cannot be read, or what is in it is no token.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
        readers = path.stat().st_mode & 0o044
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: a token is of ASCII letters, digits and signs: {_HOW}") from error
    if not re.fullmatch(rf"[!-~]{{{_SHORTEST_TOKEN},}}", token):
        raise InputError(f"{path}: a token is of {_SHORTEST_TOKEN} characters or more, without blanks: {_HOW}")
    if readers:
        print(f"edgernn serve: {path}: other users of this machine can read it: chmod 600 {path}", file=sys.stderr)
    return token
