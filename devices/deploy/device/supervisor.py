"""Keeps a model's server running where there is no systemd: `python3 supervisor.py ROOT/NAME`.

It starts the command in `service.json` and starts it again when it ends. SIGHUP starts it anew, with what
`service.json` says by then, SIGTERM ends both. `supervisor.lock` is held while it runs and names its process;
`supervisor.json` says how the server is. It imports nothing of the kit: it is copied to the device as it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

# A server that is told to end answers what it has under way.
_GRACE_SECONDS = 35
_FIRST_PAUSE, _LONGEST_PAUSE, _WELL_AFTER = 0.2, 10.0, 20.0
_MOST_LOG = 1 << 20


class Supervisor:
    """One server.

    Args:
      folder: of the model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._ending = self._anew = False
        self._failures = 0
        self._last = ""
        self._generation = ""

    def run(self) -> None:
        """Until SIGTERM."""
        read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        signal.signal(signal.SIGALRM, self._on_alarm)
        self._end_orphan()
        while not self._ending:
            self._anew = False
            began = time.monotonic()
            self._serve()
            if self._anew or self._ending:
                continue
            if time.monotonic() - began > _WELL_AFTER:
                self._failures = 0
            self._failures += 1
            self._tell()
            self._pause(read)

    def _serve(self) -> None:
        """Starts the server, and waits until it ends."""
        try:
            settings: Any = json.loads((self._folder / "service.json").read_text(encoding="utf-8"))
            command, generation = [str(one) for one in settings["command"]], str(settings["generation"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._last = f"service.json: {error}"
            return
        if generation != self._generation:
            self._generation, self._failures, self._last = generation, 0, ""
        try:
            with self._log() as log:
                self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        except OSError as error:
            self._last = f"{command[0]}: {error.strerror}"
            return
        self._tell()
        if self._ending or self._anew:  # a signal came while it was being started
            self._child.terminate()
        status = self._child.wait()
        signal.alarm(0)
        self._child = None
        how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
        self._last = self._last_line() or how

    def _pause(self, read: int) -> None:
        """Longer after each failure, but no longer than until a signal comes."""
        seconds = min(_FIRST_PAUSE * 2 ** (self._failures - 1), _LONGEST_PAUSE)
        if not self._ending and not self._anew:
            select.select([read], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.set_blocking(read, False)
            os.read(read, 4096)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._anew = True
        else:
            self._ending = True
        if self._child is not None:
            self._child.terminate()
            signal.alarm(_GRACE_SECONDS)

    def _on_alarm(self, *_: object) -> None:
        if self._child is not None:
            self._child.kill()

    def _end_orphan(self) -> None:
        """A supervisor that was killed leaves its server behind, which holds the port."""
        try:
            told: Any = json.loads((self._folder / "supervisor.json").read_text(encoding="utf-8"))
            child = int(told["child"])
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError, KeyError, TypeError):
            return
        mine = f"{self._folder.name}={self._folder}/current/".encode()
        if not any(word.startswith(mine) for word in words):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
            end = time.monotonic() + _GRACE_SECONDS
            while time.monotonic() < end:
                time.sleep(0.05)
                os.kill(child, 0)
            os.kill(child, signal.SIGKILL)

    def _tell(self) -> None:
        temporary = self._folder / "supervisor.json.tmp"
        told = {
            "generation": self._generation,
            "child": self._child.pid if self._child is not None else 0,
            "failures": self._failures,
            "last": self._last,
        }
        with contextlib.suppress(OSError):  # a full disk must not end the server
            temporary.write_text(json.dumps(told), encoding="utf-8")
            temporary.replace(self._folder / "supervisor.json")

    def _log(self) -> Any:
        path = self._folder / "server.log"
        mode = "wb" if path.exists() and path.stat().st_size > _MOST_LOG else "ab"
        return path.open(mode)

    def _last_line(self) -> str:
        try:
            with (self._folder / "server.log").open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - 2000))
                lines = file.read().decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""


def main(folder: Path) -> int:
    """Runs, unless another one already does."""
    # Until there is a handler; service.json is read behind that.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lock = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    for attempt in range(5):  # a deploy that looks whether one runs holds it for a moment
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError:
            if attempt == 4:
                return 0
            time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode("ascii"), 0)
    Supervisor(folder).run()
    os.ftruncate(lock, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
