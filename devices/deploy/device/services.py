"""What keeps a server running: systemd of the user or of the system, or the kit's small supervisor."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device import files
from edgernn.devices.deploy.device.faults import Fault
from edgernn.devices.deploy.device.place import Place
from edgernn.devices.deploy.device.programs import Ended, run
from edgernn.devices.deploy.device.units import unit_text

KINDS = ("user", "system", "supervisor")
_SYSTEM_UNIT = Path("/etc/systemd/system/edgernn@.service")
# Once may be chance: a port that the old server had not yet left.
_FAILURES = 2
# What a program does to itself (SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV) is no chance, and every start costs time in
# which nothing serves; SIGKILL may be for want of memory.
_CRASHES = tuple(f"killed by signal {number}" for number in (4, 6, 7, 8, 11))
_SECONDS = 30.0
_STOP_SECONDS = 40.0
_LOOK_EVERY = 0.5


class Service(ABC):
    """The server of one model.

    Args:
      place: of the model.
      program: text of `supervisor.py`.
    """

    kind: str

    def __init__(self, place: Place, program: str = "") -> None:
        self._place = place
        self._program = place.folder / "supervisor.py"
        self._text = program
        self._generation = ""

    @abstractmethod
    def configure(self, settings: dict[str, Any]) -> None:
        """Takes over what `service.json` says now; nothing is restarted."""

    @abstractmethod
    def restart(self) -> None:
        """Starts the server, anew where one runs; does not wait for it."""

    @abstractmethod
    def stop(self) -> None:
        """Ends the server for good."""

    @abstractmethod
    def trouble(self) -> str:
        """Why the server that was restarted last will not come, or ""."""

    def advice(self) -> str:
        """What the user should do so that the server starts with the device, or ""."""
        return ""


class Supervised(Service):
    """By `supervisor.py`, which runs as this user."""

    kind = "supervisor"

    def configure(self, settings: dict[str, Any]) -> None:
        """Puts the supervisor in its place."""
        self._generation = str(settings["generation"])
        _write_if_new(self._program, self._text)

    def restart(self) -> None:
        """Tells the supervisor, or starts it."""
        if pid := self._pid():
            os.kill(pid, signal.SIGHUP)
            return
        nowhere = subprocess.DEVNULL
        subprocess.Popen(
            [sys.executable, str(self._program), str(self._place.folder)],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,
            cwd="/",
        )

    def stop(self) -> None:
        """Ends the supervisor and its server."""
        if pid := self._pid():
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + _STOP_SECONDS
        while self._pid() and time.monotonic() < end:
            time.sleep(0.05)

    def trouble(self) -> str:
        """What the supervisor tells of this generation."""
        try:
            told: Any = json.loads((self._place.folder / "supervisor.json").read_text(encoding="utf-8"))
            last = str(told["last"])
            enough = 1 if last in _CRASHES else _FAILURES
            if told["generation"] == self._generation and told["failures"] >= enough:
                return last
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return ""

    def advice(self) -> str:
        """There is nothing that starts it with the device."""
        line = f"@reboot python3 {self._program} {self._place.folder}"
        return f'no systemd: to serve after a restart too, type there: (crontab -l; echo "{line}") | crontab -'

    def _pid(self) -> int:
        """Of the supervisor; 0 where none runs."""
        try:
            lock = os.open(self._place.folder / "supervisor.lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return 0
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(os.pread(lock, 32, 0) or b"0")
        finally:
            os.close(lock)
        return 0


class Systemd(Service):
    """By systemd."""

    _control: tuple[str, ...]
    _journal: tuple[str, ...]

    def __init__(self, place: Place, program: str = "") -> None:
        super().__init__(place, program)
        self._unit = f"edgernn@{place.name}.service"
        self._looked = 0.0

    def restart(self) -> None:
        """Asks systemd, which does it whatever becomes of this process."""
        self._looked = time.monotonic()
        self._call("reset-failed", self._unit)
        self._must("restart", "--no-block", self._unit)

    def stop(self) -> None:
        """Ends it, and starts it no more with the device."""
        self._must("disable", "--now", self._unit)

    def trouble(self) -> str:
        """From the unit's state and the journal."""
        if time.monotonic() - self._looked < _LOOK_EVERY:
            return ""
        self._looked = time.monotonic()
        told = self._call("show", "-p", "ActiveState", "-p", "NRestarts", self._unit).output
        state = dict(line.partition("=")[::2] for line in told.splitlines())
        restarts = state.get("NRestarts", "0")
        if state.get("ActiveState") != "failed" and (not restarts.isdigit() or int(restarts) < _FAILURES):
            return ""
        lines = run(
            [*self._journal, "-u", self._unit, "-n", "20", "-o", "cat", "--no-pager"], _SECONDS
        ).output.splitlines()
        own = [line for line in lines if line.startswith("edgernn")]
        return (own or lines or [f"systemctl status {self._unit} says why"])[-1]

    def _call(self, *words: str) -> Ended:
        return run([*self._control, *words], _SECONDS)

    def _must(self, *words: str) -> None:
        ended = self._call(*words)
        if ended.status != 0:
            raise Fault(f"{' '.join([*self._control, *words])}: {ended.how(_SECONDS)}")


class UserUnit(Systemd):
    """By the user's own systemd, with a unit file that is written here."""

    kind = "user"
    _control = ("systemctl", "--user")
    _journal = ("journalctl", "--user")

    def configure(self, settings: dict[str, Any]) -> None:
        """Writes the unit, and what goes back where the power went in a deploy."""
        _write_if_new(self._program, self._text)
        config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        files.make_folder(config / "systemd" / "user")
        text = unit_text(self._place.name, self._place.root, settings["command"])
        if _write_if_new(config / "systemd" / "user" / self._unit, text):
            self._must("daemon-reload")
        self._must("enable", "--quiet", self._unit)

    def advice(self) -> str:
        """A user's services end with the last session unless the user lingers."""
        user = str(os.getuid())
        run(["loginctl", "enable-linger", user], _SECONDS)
        if "Linger=yes" in run(["loginctl", "show-user", user, "-p", "Linger"], _SECONDS).output:
            return ""
        return "to serve after a restart and without a session, type there: sudo loginctl enable-linger $USER"


class SystemUnit(Systemd):
    """By the system's systemd, with the template unit that the administrator installed."""

    kind = "system"
    _control = ("sudo", "-n", "systemctl")
    _journal = ("journalctl",)

    def configure(self, settings: dict[str, Any]) -> None:
        """The template reads port and options from `service.env`."""
        if not _SYSTEM_UNIT.exists():
            raise Fault(f"--service system: there is no {_SYSTEM_UNIT}: see devices/raspberry_pi/README.md")
        # Behind the command, "serve", the model, "--port" and the port.
        options = " ".join(settings["command"][5:])
        told = f"EDGERNN_PORT={settings['port']}\nEDGERNN_OPTIONS={options}\n"
        files.replace_file(self._place.folder / "service.env", told.encode("ascii"))
        self._must("enable", "--quiet", self._unit)


def open_service(kind: str, place: Place, supervisor: str) -> Service:
    """The service of a model.

    Args:
      kind: one of KINDS, or "auto": the user's systemd, or the supervisor where there is none.
      place: of the model.
      supervisor: text of `supervisor.py`.
    """
    if "XDG_RUNTIME_DIR" not in os.environ and Path(f"/run/user/{os.getuid()}").is_dir():
        os.environ["XDG_RUNTIME_DIR"] = f"/run/user/{os.getuid()}"
    if kind == "auto":
        kind = "user" if has_user_systemd() else "supervisor"
    if kind == "system":
        return SystemUnit(place, supervisor)
    if kind == "user":
        return UserUnit(place, supervisor)
    return Supervised(place, supervisor)


def has_user_systemd() -> bool:
    """Whether this user has a systemd that can be asked."""
    return (
        Path("/run/systemd/system").is_dir() and run(["systemctl", "--user", "show-environment"], _SECONDS).status == 0
    )


def _write_if_new(path: Path, text: str) -> bool:
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() == data:
        return False
    files.replace_file(path, data)
    return True
