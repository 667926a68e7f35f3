"""With what options a model's server is started, and where it is asked."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any, Protocol

from edgernn.devices.deploy.device import files
from edgernn.devices.deploy.device.faults import Fault
from edgernn.devices.deploy.device.place import MODEL, Place

# Of `edgernn serve`, by its names. They stand in unit files: nothing there that these would read in another way.
OPTIONS = ("host", "threads", "workers", "queue", "max-body", "timeout", "sessions", "session-idle")
_VALUE = re.compile(r"[A-Za-z0-9.:_-]{1,64}")
_HOST = "127.0.0.1"
_LOCAL = (_HOST, "localhost", "::1")
# Where a server that listens at all addresses is asked.
_EVERYWHERE = {"0.0.0.0": _HOST, "::": "::1", "localhost": _HOST}  # noqa: S104 - it is compared, nothing listens here
_TOKEN = re.compile(r"token-[0-9a-f]{12}")


class Wanted(Protocol):
    """What of a request concerns the server."""

    @property
    def options(self) -> dict[str, str]:
        """See `Request`."""

    @property
    def token(self) -> str | None:
        """See `Request`."""


def check(wanted: Wanted, kind: str, before: dict[str, Any] | None) -> dict[str, str]:
    """The options that hold then; nothing is written.

    Raises:
      Fault: an option that there is not, a service that cannot have a token, or an open server without one.
    """
    options: dict[str, str] = {**((before or {}).get("options") or {}), **wanted.options}
    for name, value in options.items():
        if name not in OPTIONS or not _VALUE.fullmatch(value):
            raise Fault(f"--{name} {value}: no option for the server")
    kept = str((before or {}).get("token", ""))
    has_token = bool(kept if wanted.token is None else wanted.token)
    if has_token and kind == "system":
        raise Fault(
            "--service system takes no token from here, because its server runs as a user that cannot read your files: "
            "see devices/raspberry_pi/README.md"
        )
    host = options.get("host", _HOST)
    if not has_token and host not in _LOCAL:
        raise Fault(f"--host {host}: other machines could connect: give --token-file FILE too")
    return options


def settings(
    place: Place, wanted: Wanted, edgernn: str, kind: str, port: int, before: dict[str, Any] | None
) -> dict[str, Any]:
    """What `service.json` will say; a new token is in a file of its own by then.

    Args:
      place: of the model.
      wanted: options and token, which replace those of `before`.
      edgernn: the command.
      kind: of the service.
      port: to serve at.
      before: `service.json` as it is, or None.

    Raises:
      Fault: see `check`.
    """
    options = check(wanted, kind, before)
    token = _token_file(place, wanted.token, str((before or {}).get("token", "")))
    words = [word for name in OPTIONS if name in options for word in (f"--{name}", options[name])]
    if token:
        words += ["--token-file", str(place.folder / token)]
    command = [edgernn, "serve", f"{place.name}={place.folder}/current/{MODEL}", "--port", str(port), *words]
    return {"kind": kind, "port": port, "command": command, "options": options, "token": token}


def address(told: dict[str, Any]) -> str:
    """Where a server with such settings is asked, as HOST:PORT."""
    host = str(told.get("options", {}).get("host", _HOST))
    host = _EVERYWHERE.get(host, host)
    return f"[{host}]:{told['port']}" if ":" in host else f"{host}:{told['port']}"


def remove_tokens(place: Place, told: dict[str, Any] | None) -> None:
    """All but the one that is in use."""
    kept = (told or {}).get("token")
    for one in sorted(place.folder.iterdir()):
        if _TOKEN.fullmatch(one.name.removesuffix(".tmp")) and one.name != kept:
            files.remove_file(one)


def _token_file(place: Place, token: str | None, before: str) -> str:
    """Name of the file that holds the token; "": there is none."""
    if token is None or token == _text(place.folder / before):
        return before
    if not token:
        return ""
    name = f"token-{secrets.token_hex(6)}"
    files.write_secret(place.folder / name, token.encode("ascii"))
    return name


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
