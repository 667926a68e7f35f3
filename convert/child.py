"""Runs the worker in a process of its own: a crash of the converter becomes one clear error."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgernn.convert import request as files
from edgernn.convert.diagnosis import diagnose_log
from edgernn.convert.errors import ConversionError
from edgernn.convert.request import (
    Arrays,
    Request,
    Response,
    read_arrays,
    read_json,
    write_arrays,
    write_json,
)

DEFAULT_TIMEOUT_S = 1800.0
_POLL_S = 0.25


@dataclass(frozen=True)
class Converted:
    """What the child left.

    Attributes:
      response: description of the model.
      model: TFLite FlatBuffer.
      cases: the inputs that were asked for, or the random ones that the child made.
      reference: Keras's outputs, by case.
    """

    response: Response
    model: bytes
    cases: list[Arrays]
    reference: list[Arrays]


def run_child(
    request: Request,
    cases: Sequence[Arrays],
    timeout_s: float = DEFAULT_TIMEOUT_S,
    calibration: Sequence[Arrays] = (),
    command: Callable[[Path], list[str]] | None = None,
) -> Converted:
    """Converts in a child process.

    Args:
      request: what to do.
      cases: inputs for which Keras's outputs are wanted; none: the child makes random ones.
      calibration: inputs by which a calibrated recipe measures ranges.
      timeout_s: seconds after which the child is killed.
      command: makes the child's command line (tests put a crashing one here).

    Raises:
      ConversionError: refused, crashed, killed or too slow; the step is named.
    """
    with tempfile.TemporaryDirectory(prefix="edgernn-convert-") as name:
        folder = Path(name)
        write_json(folder / files.REQUEST, request)
        if cases:
            write_arrays(folder / files.CASES, cases)
        if calibration:
            write_arrays(folder / files.CALIBRATION, calibration)
        _run((command or _worker_command)(folder), folder, timeout_s)
        response = read_json(folder / files.RESPONSE, Response)
        return Converted(
            response=response,
            model=(folder / files.MODEL).read_bytes(),
            cases=read_arrays(folder / files.CASES),
            reference=read_arrays(folder / files.REFERENCE),
        )


def _worker_command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "edgernn.convert.worker", str(folder)]


def _environment() -> dict[str, str]:
    environment = dict(os.environ, KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    # Conversion is no work for a GPU, and its absence needs no warning.
    environment.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    return environment


def _run(command: list[str], folder: Path, timeout_s: float) -> None:
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=_environment()
        )
        try:
            status = _wait(process, folder, timeout_s)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if status != 0 or not (folder / files.RESPONSE).exists():
        raise _failure(folder, status, log)


def _wait(process: subprocess.Popen[bytes], folder: Path, timeout_s: float) -> int:
    """The child's exit status; ends it when it takes too long or too much memory."""
    end, limit = time.monotonic() + timeout_s, memory_limit()
    while True:
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise ConversionError(
                    f"the converter took longer than {timeout_s:.0f} s while {_stage(folder)}: "
                    "convert a smaller model, or allow more with --timeout"
                ) from None
            if limit and memory_of(process.pid) > limit:
                raise ConversionError(
                    f"the converter took more than {limit / 1e9:.1f} GB of memory while {_stage(folder)}: convert a "
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


def _failure(folder: Path, status: int, log: Path) -> ConversionError:
    if (folder / files.FAILURE).exists():
        return ConversionError(json.loads((folder / files.FAILURE).read_text(encoding="utf-8"))["reasons"])
    if status < 0:
        name = signal.Signals(-status).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return ConversionError(f"the converter crashed with {name}{hint} while {_stage(folder)}")
    reason = diagnose_log(log.read_text("utf-8", "replace"))
    return ConversionError(f"the converter failed while {_stage(folder)}: {reason}")


def _stage(folder: Path) -> str:
    path = folder / files.STAGE
    return path.read_text(encoding="utf-8") if path.exists() else "starting"
