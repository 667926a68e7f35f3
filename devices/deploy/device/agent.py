"""Reads a request, does it, and tells of it: a line of JSON a step, each behind a mark, the last one the outcome.

Whatever a login shell prints is told apart by the mark. Once the bundle has arrived nothing is needed of the
workstation any more: where the connection breaks, the deploy goes on to its end, or back.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from edgernn.devices.deploy.device.faults import REFUSED, Fault
from edgernn.devices.deploy.device.flow import Request, deploy, roll_back
from edgernn.devices.deploy.device.reports import status, versions

MARK = "edgernn-deploy:"
_BLOCK = 1 << 20


def main(stream: BinaryIO) -> None:
    """Serves one request.

    Args:
      stream: a line of JSON, and behind it the bundle.
    """
    for number in (signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    document: dict[str, Any] = json.loads(stream.readline())
    try:
        _tell({"outcome": 0, **_do(document.pop("action"), document, stream)})
    except Fault as fault:
        _tell({"outcome": fault.status, "reason": str(fault)})
    except OSError as error:
        what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        _tell({"outcome": REFUSED, "reason": f"on the device: {what}"})
    except MemoryError:
        _tell({"outcome": REFUSED, "reason": "on the device: not enough memory: end other programs there"})


def _do(action: str, document: dict[str, Any], stream: BinaryIO) -> dict[str, Any]:
    if action == "deploy":
        request = Request(**document)
        return deploy(request, _blocks(stream, request.size), _step)
    if action == "rollback":
        return roll_back(Request(**document), _step)
    return (status if action == "status" else versions)(document["root"], document["name"])


def _blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (block := stream.read(min(size, _BLOCK))):
        size -= len(block)
        yield block


def _step(text: str) -> None:
    _tell({"step": text})


def _tell(document: dict[str, Any]) -> None:
    line = f"{MARK}{json.dumps(document)}\n".encode("ascii")
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except OSError:  # nobody listens any more
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the process ends
