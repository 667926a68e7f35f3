"""Runs programs of the device under a limit of time."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device.faults import Fault

# Where installation instructions put it, besides PATH, which is short in a session without a terminal.
_PLACES = (
    "~/.local/share/edgernn/venv",
    "~/edgernn",
    "~/edgernn/.venv",
    "~/.local",
    "~/.venv",
    "~/venv",
    "/opt/edgernn",
)


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes:
      status: exit status; negative: the signal that killed it; None: it took too long.
      output: of standard output.
      complaint: the last line of standard error.
    """

    status: int | None
    output: str
    complaint: str

    def document(self) -> Any:
        """Its output as JSON, or None."""
        try:
            return json.loads(self.output)
        except ValueError:
            return None

    def how(self, seconds: float) -> str:
        """In words."""
        if self.status is None:
            return f"took more than {seconds:g} s"
        if self.status < 0:
            return f"crashed ({signal_name(-self.status)})"
        return self.complaint or f"ended with status {self.status}"


def run(command: Sequence[str], seconds: float) -> Ended:
    """Runs a program, and all that it starts, for `seconds` at most."""
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return Ended(127, "", f"{command[0]}: {error.strerror}")
    try:
        output, complaints = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Ended(None, "", "")
    lines = complaints.decode("utf-8", "replace").strip().splitlines()
    return Ended(process.returncode, output.decode("utf-8", "replace"), lines[-1].strip() if lines else "")


def signal_name(number: int) -> str:
    """As `kill -l` calls it."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def find_edgernn(given: str) -> str:
    """The `edgernn` command.

    Args:
      given: by the user, or "": look for it.

    Raises:
      Fault: it is not there.
    """
    if given:
        path = Path(given).expanduser()
        if not os.access(path, os.X_OK) or not path.is_file():
            raise Fault(f"--edgernn {given}: there is no such program on the device")
        return str(path.absolute())
    places = [Path(one).expanduser() / "bin" / "edgernn" for one in _PLACES]
    found = shutil.which("edgernn") or next((one for one in places if os.access(one, os.X_OK)), None)
    if found is None:
        raise Fault(
            "edgernn is not installed on the device (or --edgernn PATH must say where): type there: "
            'python3 -m venv ~/edgernn && ~/edgernn/bin/pip install "edgernn[serve]"'
        )
    return str(Path(found).absolute())
