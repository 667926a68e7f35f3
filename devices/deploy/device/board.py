"""Can this board run and serve the bundle?"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device.faults import Fault
from edgernn.devices.deploy.device.programs import run

# Beside the bundle itself: logs, and what a full disk does to everything else on the board.
_SPARE_DISK = 16 << 20
# Python, NumPy and an engine, for the self-test that runs beside the server.
_SPARE_MEMORY = 64 << 20
# A bundle is read whole, and its weights are packed once more.
_COPIES = 2
# By name, not as "edgernn[serve]": on 32 bits pip would look for an engine that has no wheel there.
_SERVER_PACKAGES = "starlette uvicorn prometheus_client python-multipart"
_MACHINES = ("aarch64", "arm64", "armv7l", "armv8l", "x86_64", "AMD64")


def check_board(edgernn: str, root: Path, size: int, seconds: float) -> dict[str, Any]:
    """Facts about the board.

    Args:
      edgernn: the command.
      root: where models lie; it need not exist yet.
      size: of the bundle, bytes.
      seconds: limit for each program.

    Raises:
      Fault: the bundle cannot be run here; what to type is said.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise Fault(
            f"there is no engine for this processor ({machine}): a Raspberry Pi 2 or newer, or a Zero 2 W, is needed"
        )
    facts = {
        "machine": machine,
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "python": platform.python_version(),
        "board": _model(),
        "edgernn": edgernn,
        "free_disk": free_disk(root),
        "free_memory": free_memory(),
    }
    _check_room(facts, root, size)
    facts["engine"] = _check_engine(edgernn, seconds)
    _check_server(edgernn, seconds)
    return facts


def _check_room(facts: dict[str, Any], root: Path, size: int) -> None:
    if facts["free_disk"] < size + _SPARE_DISK:
        raise Fault(
            f"{_mb(facts['free_disk'])} are free for {root}, {_mb(size + _SPARE_DISK)} are needed: remove files there"
        )
    needed = _COPIES * size + _SPARE_MEMORY
    if facts["free_memory"] is not None and facts["free_memory"] < needed:
        raise Fault(
            f"{_mb(facts['free_memory'])} of memory are free, {_mb(needed)} are needed: end other programs there"
        )


def _check_engine(edgernn: str, seconds: float) -> str:
    ended = run([edgernn, "doctor", "--json"], seconds)
    found = ended.document()
    if not isinstance(found, dict):
        raise Fault(f"edgernn doctor on the device {ended.how(seconds)}: install edgernn there again")
    if not found.get("chosen"):
        problems = [str(one) for one in found.get("problems") or []]
        told = next((one for one in problems if "engine" in one), (problems or ["no engine is installed"])[0])
        raise Fault(f"edgernn doctor on the device: {told}")
    return str(found["chosen"])


def _check_server(edgernn: str, seconds: float) -> None:
    """The server says what it lacks before it looks for the bundle, which is not there."""
    ended = run([edgernn, "serve", "/nonexistent/model.tflite", "--port", "0"], seconds)
    if "own wheel" in ended.complaint or "unknown command" in ended.complaint:
        raise Fault(
            "on the device there is the runtime's own wheel, which cannot serve: see devices/raspberry_pi/README.md"
        )
    if "not installed" in ended.complaint:
        what, pip = ended.complaint.partition(": pip install")[0], Path(edgernn).parent / "pip"
        raise Fault(f"on the device {what}: type there: {pip} install {_SERVER_PACKAGES}")


def free_disk(path: Path) -> int:
    """Bytes that this user may write at `path`, or where it would be made."""
    there = next(one for one in (path, *path.parents) if one.exists())
    stats = os.statvfs(there)
    return stats.f_bavail * stats.f_frsize


def free_memory() -> int | None:
    """Bytes that programs can have without swapping, or None."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return None


def _model() -> str:
    try:
        return Path("/proc/device-tree/model").read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _mb(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"
