"""Runs a command on a device: over OpenSSH, or on this machine itself."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from edgernn.devices.deploy.hosts import Host

_CONNECT_SECONDS = 15
# No password is asked for, a dead line is noticed; keys, agent, known hosts and the rest are ssh's own configuration.
_OPTIONS = (
    *("-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={_CONNECT_SECONDS}"),
    *("-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3"),
)


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
      status: its exit status; 255: ssh's own failure; None: it took too long.
      complaints: lines of standard error.
    """

    status: int | None
    complaints: tuple[str, ...]


class Transport(Protocol):
    """A way to a device."""

    def run(self, command: str, stdin: Iterable[bytes], on_line: Callable[[str], None], seconds: float) -> Ended:
        """Runs a command by the device's shell.

        Args:
          command: constant text; what a user gave goes through `stdin`.
          stdin: what it reads, in pieces.
          on_line: is given each line of standard output when it comes.
          seconds: to wait at most.
        """
        ...


class Local:
    """This machine, by its shell."""

    def run(self, command: str, stdin: Iterable[bytes], on_line: Callable[[str], None], seconds: float) -> Ended:
        """See `Transport`."""
        return run_piped(["sh", "-c", command], stdin, on_line, seconds)


class Ssh:
    """A device over OpenSSH's `ssh`: one connection, over which everything goes.

    Args:
      host: the device.
      options: further `-o` options of ssh, as in StrictHostKeyChecking=accept-new.
      program: the client.
    """

    def __init__(self, host: Host, options: Sequence[str] = (), program: str = "ssh") -> None:
        port = ["-p", str(host.port)] if host.port is not None else []
        # The user's come first: of two values ssh takes the first one.
        chosen = [word for option in options for word in ("-o", option)]
        self._command = [program, *chosen, *_OPTIONS, *port, "--", host.target]

    def run(self, command: str, stdin: Iterable[bytes], on_line: Callable[[str], None], seconds: float) -> Ended:
        """See `Transport`."""
        return run_piped([*self._command, command], stdin, on_line, seconds)


def transport_to(host: Host, options: Sequence[str]) -> Transport:
    """The way to a device."""
    return Local() if host.is_local else Ssh(host, options)


def run_piped(command: Sequence[str], stdin: Iterable[bytes], on_line: Callable[[str], None], seconds: float) -> Ended:
    """Runs a program; writing, reading and complaints do not wait for each other.

    Raises:
      FileNotFoundError: there is no such program here.
    """
    pipe = subprocess.PIPE
    with subprocess.Popen(list(command), stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        complaints: list[bytes] = []
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(seconds, stop)
        threads = (
            threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
            threading.Thread(target=complaints.extend, args=(process.stderr,), daemon=True),
        )
        for thread in (clock, *threads):
            thread.start()
        try:
            for line in process.stdout:
                on_line(line.decode("utf-8", "replace").rstrip("\n"))
        except BaseException:
            process.kill()
            raise
        finally:
            status = process.wait()
            clock.cancel()
            for thread in threads:
                thread.join()
    lines = tuple(line.decode("utf-8", "replace").strip() for line in complaints)
    return Ended(None if late.is_set() else status, tuple(line for line in lines if line))


def _feed(pipe: IO[bytes], pieces: Iterable[bytes]) -> None:
    # The other side may end before it has read everything, and says why itself.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        for piece in pieces:
            pipe.write(piece)
        pipe.flush()
    with contextlib.suppress(OSError):
        pipe.close()
