"""Keeps a model's server running where there is no systemd: `python3 supervisor.py ROOT/NAME`.

A version that was switched to and never found well, because the power went in between, is given three starts; then the
one before comes back (`unproven.json`). Under systemd `supervisor.py ROOT/NAME starting` and `started` do that alone.

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
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

# A server that is told to end answers what it has under way.
_GRACE_SECONDS = 35
_FIRST_PAUSE, _LONGEST_PAUSE, _WELL_AFTER = 0.2, 10.0, 60
_MOST_STARTS = 3
_MOST_LOG = 1 << 20


def starting(folder: Path) -> None:
    """Counts a start of a version that is not yet proven; after the last one the version before comes back."""
    with _unproven(folder) as told:
        if told is None:
            return
        told["starts"] = int(told.get("starts", 0)) + 1
        if told["starts"] <= _MOST_STARTS:
            _replace(folder / "unproven.json", told)
            return
        if told["settings"] is not None:
            _replace(folder / "service.json", told["settings"])
        temporary = folder / "current.tmp"
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(str(told["current"]))
        temporary.replace(folder / "current")
        _sync(folder)
        (folder / "unproven.json").unlink()


def started(folder: Path) -> None:
    """The version that runs is proven."""
    with _unproven(folder) as told:
        if told is not None:
            (folder / "unproven.json").unlink()


@contextlib.contextmanager
def _unproven(folder: Path) -> Iterator[dict[str, Any] | None]:
    """What `unproven.json` says, or None where there is none, or where a deploy watches by itself."""
    path = folder / "unproven.json"
    if not path.exists():
        yield None
        return
    with (folder / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            told: Any = json.loads(path.read_text(encoding="utf-8"))
            told["settings"], told["current"]
        except (OSError, ValueError, KeyError, TypeError):
            told = None
        yield told


def _replace(path: Path, document: Any) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


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
            starting(self._folder)
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
                start = log.seek(0, os.SEEK_END)
                self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/")
        except OSError as error:
            self._last = f"{command[0]}: {error.strerror}"
            return
        self._tell()
        signal.alarm(_WELL_AFTER)
        if self._ending or self._anew:  # a signal came while it was being started
            self._end_child()
        status = self._child.wait()
        signal.alarm(0)
        self._child = None
        how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
        self._last = self._last_line(start) or how

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
        self._end_child()

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.terminate()
            signal.alarm(_GRACE_SECONDS)

    def _on_alarm(self, *_: object) -> None:
        if self._child is None:
            return
        if self._anew or self._ending:
            self._child.kill()
        else:
            started(self._folder)

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

    def _last_line(self, start: int) -> str:
        """The last that the server wrote, which began to write at `start`."""
        try:
            with (self._folder / "server.log").open("rb") as file:
                file.seek(max(start, file.seek(0, os.SEEK_END) - 2000))
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
    WORK = {"starting": starting, "started": started}
    sys.exit(WORK[sys.argv[2]](Path(sys.argv[1])) if len(sys.argv) > 2 else main(Path(sys.argv[1])))
