"""One request to one device."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from edgernn.devices.deploy.device.agent import MARK
from edgernn.devices.deploy.hosts import Host
from edgernn.devices.deploy.pack import COMMAND, program
from edgernn.devices.deploy.transport import Ended, Transport
from edgernn.edge_runtime.cli.main import EXIT_USAGE

_SSH_FAILED, _NO_PROGRAM = 255, 127


@dataclass(frozen=True)
class Outcome:
    """What became of a request.

    Attributes:
      host: as it was typed.
      status: 0 done; 1 a check failed; 2 it could not be done.
      reason: in one line, "" where it was done.
      found: what the device told.
    """

    host: str
    status: int
    reason: str
    found: dict[str, Any] = field(default_factory=dict)


def ask(
    host: Host,
    transport: Transport,
    request: dict[str, Any],
    seconds: float,
    payload: Iterable[bytes] = (),
    on_step: Callable[[str], None] = lambda step: None,
) -> Outcome:
    """Sends a request and waits for its outcome.

    Args:
      host: the device, for messages.
      transport: the way to it.
      request: as the device's `agent` reads it.
      seconds: to wait at most.
      payload: the bundle, in pieces.
      on_step: is told of each step.
    """
    told: list[dict[str, Any]] = []

    def read(line: str) -> None:
        document = _document(line)
        if document is not None and "step" in document:
            on_step(str(document["step"]))
        elif document is not None:
            told.append(document)

    words = json.dumps(request).encode("ascii") + b"\n"
    try:
        ended = transport.run(COMMAND, chain([program(), words], payload), read, seconds)
    except FileNotFoundError as error:
        return Outcome(host.text, EXIT_USAGE, f"{error.filename} is not installed here: install OpenSSH's client")
    if not told:
        return Outcome(host.text, EXIT_USAGE, _why(host, ended, seconds))
    found = dict(told[-1])
    return Outcome(host.text, int(found.pop("outcome")), str(found.pop("reason", "")), found)


def _document(line: str) -> dict[str, Any] | None:
    _, mark, text = line.partition(MARK)
    if not mark:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) and {"step", "outcome"} & set(document) else None


def _why(host: Host, ended: Ended, seconds: float) -> str:
    """Why there is no outcome."""
    text = "\n".join(ended.complaints)
    last = ended.complaints[-1] if ended.complaints else "it said nothing"
    typed = f"ssh {f'-p {host.port} ' if host.port is not None else ''}{host.target}"
    if ended.status is None:
        return f"no answer within {seconds:g} s; what has begun goes on there, or back: see edgernn deploy status"
    if "IDENTIFICATION HAS CHANGED" in text:
        return f"its host key is not the one that is known: another machine, or set up anew: {typed} tells more"
    if "Host key verification failed" in text:
        return f"its host key is not known here: connect once by hand and compare it: {typed}"
    if "Permission denied" in text:
        return f"it does not let us in: no key that it knows: ssh-copy-id {typed.removeprefix('ssh ')}"
    if ended.status == _NO_PROGRAM:
        return f"there is no python3 on it: sudo apt install python3 ({last})"
    if ended.status == _SSH_FAILED:
        return f"cannot connect: {last}"
    return f"the program on the device ended with status {ended.status}: {last}"
