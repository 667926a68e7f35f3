"""A device in a folder: a stand-in for `edgernn`, a way to it without SSH, and what must hold of it at any time."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from edgernn.devices.deploy.device import health
from edgernn.devices.deploy.device.place import Place
from edgernn.devices.deploy.hosts import LOCAL, parse_host
from edgernn.devices.deploy.pack import COMMAND, program, supervisor
from edgernn.devices.deploy.remote import Outcome, ask
from edgernn.devices.deploy.transport import Local

NAME = "model"
STANDIN = Path(__file__).parent / "standin.py"


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def free_port() -> int:
    """Below those that the system gives to clients, which come and go while a server restarts."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def install_standin(folder: Path) -> Path:
    """An `edgernn` that starts at once."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "edgernn"
    path.write_text(f"#!{sys.executable} -IS\n{STANDIN.read_text(encoding='utf-8')}", encoding="utf-8")
    path.chmod(0o755)
    return path


class Device:
    """A device whose models lie below `folder`."""

    def __init__(self, folder: Path, edgernn: Path | None = None) -> None:
        self.edgernn = edgernn or install_standin(folder / "bin")
        self.root = folder / "models"
        self.port = free_port()
        self.place = Place(str(self.root), NAME)
        self._stamps = 0

    def request(self, content: bytes, action: str = "deploy", **changes: object) -> dict[str, object]:
        self._stamps += 1
        request = {
            "action": action,
            "root": str(self.root),
            "name": NAME,
            "edgernn": str(self.edgernn),
            "service": "supervisor",
            "port": self.port,
            "seconds": 10.0,
            "supervisor": supervisor(),
            "sha256": sha(content),
            "size": len(content),
            "stamp": f"20260101T{self._stamps:06d}Z",
            "deployed": "2026-01-01T00:00:00+00:00",
            "keep": 3,
        }
        return {**request, **changes}

    def deploy(self, content: bytes, sent: bytes | None = None, **changes: object) -> Outcome:
        """`sent`: what arrives, where it is something else."""
        pieces = [content if sent is None else sent]
        return ask(parse_host(LOCAL), Local(), self.request(content, **changes), 60.0, pieces)

    def roll_back(self, **changes: object) -> Outcome:
        return ask(parse_host(LOCAL), Local(), self.request(b"", action="rollback", **changes), 60.0)

    def start_deploy(self, content: bytes) -> subprocess.Popen[bytes]:
        """The agent alone, to be killed; what it tells can be read."""
        process = subprocess.Popen(
            ["sh", "-c", f"exec {COMMAND}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(program() + json.dumps(self.request(content)).encode("ascii") + b"\n" + content)
            process.stdin.close()
        return process

    def current(self) -> str:
        """SHA-256 of what `current` points at, as the disk has it; "" where it is not whole."""
        version = self.place.current()
        if version is None or not self.place.is_intact(version):
            return ""
        path = self.place.current_link / "model.tflite"
        return version.sha256 if sha(path.read_bytes()) == version.sha256 else ""

    def served(self, seconds: float = 5.0) -> str:
        """SHA-256 of what is served, as soon as anything is."""
        end = time.monotonic() + seconds
        while not (found := health.hash_of(health.ask(f"127.0.0.1:{self.port}"), NAME)) and time.monotonic() < end:
            time.sleep(0.02)
        return found

    def leftovers(self) -> list[str]:
        found = [*self.place.folder.iterdir(), *self.place.versions_folder.iterdir()]
        return sorted(one.name for one in found if one.name.endswith(".tmp") or one.name.startswith("."))

    def close(self) -> None:
        """Ends the supervisor, which ends its server."""
        lock = self.place.folder / "supervisor.lock"
        text = lock.read_text(encoding="ascii").strip() if lock.exists() else ""
        with suppress(ProcessLookupError):
            if text:
                os.kill(int(text), signal.SIGTERM)
        end = time.monotonic() + 5
        while lock.exists() and lock.read_text(encoding="ascii").strip() and time.monotonic() < end:
            time.sleep(0.02)
