"""Runs a step of the conversion in a process of its own: its crash becomes one clear error."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from edgernn.convert import request as files
from edgernn.convert.diagnosis import diagnose_log
from edgernn.convert.errors import ConversionError

DEFAULT_TIMEOUT_S = 1800.0
_POLL_S = 0.25
_PR_SET_PDEATHSIG = 1


def run_supervised(command: list[str], folder: Path, timeout_s: float, who: str, result: str) -> None:
    """Runs a child process to its end.

    Args:
      command: its command line.
      folder: where it leaves what it makes, the stage it is at, and its reasons for failing.
      timeout_s: seconds after which it is killed.
      who: "the converter", for the messages.
      result: name of the file in `folder` without which it has failed.

    Raises:
      ConversionError: refused, crashed, killed, too slow or too large; the step is named.
    """
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=_environment()
        )
        try:
            status = _wait(process, folder, timeout_s, who)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if status != 0 or not (folder / result).exists():
        raise _failure(folder, status, log, who)


def _environment() -> dict[str, str]:
    environment = dict(os.environ, KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    # Conversion is no work for a GPU, and its absence needs no warning.
    environment.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    return environment


def _wait(process: subprocess.Popen[bytes], folder: Path, timeout_s: float, who: str) -> int:
    """The child's exit status; ends it when it takes too long or too much memory."""
    end, limit = time.monotonic() + timeout_s, memory_limit()
    while True:
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise ConversionError(
                    f"{who} took longer than {timeout_s:.0f} s while {_stage(folder)}: "
                    "convert a smaller model, or allow more with --timeout"
                ) from None
            if limit and memory_of(process.pid) > limit:
                raise ConversionError(
                    f"{who} took more than {limit / 1e9:.1f} GB of memory while {_stage(folder)}: convert a "
                    "smaller model, or on a machine with more"
                ) from None


def memory_limit() -> int:
    """Bytes that a child may take: nine tenths of the machine's memory, or 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        total = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))
    except (OSError, StopIteration, ValueError):
        return 0
    return total * 9 // 10


def memory_of(pid: int) -> int:
    """Resident bytes of a process, 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    except (OSError, StopIteration, ValueError):
        return 0


def _failure(folder: Path, status: int, log: Path, who: str) -> ConversionError:
    if (folder / files.FAILURE).exists():
        return ConversionError(json.loads((folder / files.FAILURE).read_text(encoding="utf-8"))["reasons"])
    if status < 0:
        name = signal.Signals(-status).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        mend = ": another --quantize or --lowering may avoid it"
        return ConversionError(f"{who} crashed with {name}{hint} while {_stage(folder)}{mend}")
    reason = diagnose_log(log.read_text("utf-8", "replace"))
    return ConversionError(f"{who} failed while {_stage(folder)}: {reason}")


def _stage(folder: Path) -> str:
    path = folder / files.STAGE
    return path.read_text(encoding="utf-8") if path.exists() else "starting"


def die_with_parent() -> None:
    """Asks Linux to end this process when the converter that started it is killed."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):  # other systems have no such call
        return
