"""What a single-board computer says of itself, and what to do about it. Nothing is run but `vcgencmd`, where it is."""

from __future__ import annotations

import platform
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.profiles import Profile, profile_of

# Bits of the firmware's `get_throttled`, now; sixteen bits higher: since the start.
_THROTTLED = ("under-voltage", "frequency capped", "throttled", "soft temperature limit")
_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
# Raspberry Pis slow down from here on.
_HOT = 80.0
_LITTLE_MB = 100
_LAST_OLD_PYTHON = (3, 11)


@dataclass(frozen=True)
class Board:
    """A board and its state.

    Attributes:
      name: by its device tree, or "".
      release: of the operating system, or "".
      bits: of programs: 32 or 64.
      kernel: machine by the kernel's name: "aarch64" also where programs have 32 bits.
      temperature: of the processor, degrees Celsius; None where it is not told.
      throttling: what slows it down, one phrase each; empty where nothing does or the firmware does not tell.
      free_mb: memory that programs may still take; None where it is not told.
    """

    name: str
    release: str
    bits: int
    kernel: str
    temperature: float | None
    throttling: tuple[str, ...]
    free_mb: int | None

    @property
    def profile(self) -> Profile | None:
        """What the kit knows of such boards."""
        return profile_of(self.name, self.bits) if self.kernel != "armv6l" else None


def read_board(root: Path = Path("/")) -> Board:
    """Looks at the files below `root`, and at this process."""
    millidegrees = _text(root / "sys/class/thermal/thermal_zone0/temp")
    return Board(
        name=_text(root / "proc/device-tree/model"),
        release=fields_of(root / "etc/os-release", "=").get("PRETTY_NAME", "").strip('"'),
        bits=8 * struct.calcsize("P"),
        kernel=platform.machine(),
        temperature=int(millidegrees) / 1000 if millidegrees.lstrip("-").isdigit() else None,
        throttling=_words(_throttled(root)),
        free_mb=_free_mb(root),
    )


def problems_of(board: Board, runs: bool) -> list[str]:
    """What to mend, one sentence each; `runs`: an engine is there."""
    found = [] if runs else _no_engine(board)
    for phrase in board.throttling:
        mend = "another power supply, a short cable" if "voltage" in phrase else "a heat sink or a fan"
        found.append(f"{phrase}: the processor is slower than it could be: give it {mend}")
    if board.temperature is not None and board.temperature >= _HOT:
        degrees = f"{board.temperature:.0f} C, and slows down from {_HOT:.0f} on"
        found.append(f"the processor has {degrees}: give it a heat sink or a fan")
    if board.free_mb is not None and board.free_mb < _LITTLE_MB:
        found.append(f"{board.free_mb} MB of memory are free: stop other programs, or take a smaller model")
    return found


def _no_engine(board: Board) -> list[str]:
    if board.kernel == "armv6l":
        return ["no engine is made for Armv6 (Pi 1, Zero, Zero W): take a Zero 2 W or a later board"]
    if board.bits == 64 or not board.kernel.startswith(("arm", "aarch64")):
        return []
    if sys.version_info[:2] > _LAST_OLD_PYTHON:
        version = platform.python_version()
        return [
            f"no engine is made for 32-bit Arm and Python {version}: take Bookworm (Python 3.11), or a 64-bit system"
        ]
    if board.kernel == "aarch64":
        mend = "pip install tflite-runtime==2.14.0, then edgernn with --no-deps"
        return [f"programs of 32 bits under a 64-bit kernel, which pip takes for 64 bits: {mend}"]
    return []


def _throttled(root: Path) -> int:
    text = _text(root / _FIRMWARE)
    if not text and root == Path("/") and (tool := shutil.which("vcgencmd")):
        try:
            done = subprocess.run([tool, "get_throttled"], capture_output=True, timeout=5, check=False, text=True)
        except (OSError, subprocess.TimeoutExpired):
            return 0
        text = done.stdout.strip().rpartition("=")[2]
    try:
        return int(text or "0", 16)
    except ValueError:
        return 0


def _words(flags: int) -> tuple[str, ...]:
    found = []
    for bit, phrase in enumerate(_THROTTLED):
        if flags >> bit & 1:
            found.append(f"{phrase} now")
        elif flags >> bit + 16 & 1:
            found.append(f"{phrase} since the start")
    return tuple(found)


def _free_mb(root: Path) -> int | None:
    kilobytes = fields_of(root / "proc/meminfo", ":").get("MemAvailable", "").split()
    return int(kilobytes[0]) // 1000 if kilobytes and kilobytes[0].isdigit() else None


def fields_of(path: Path, separator: str) -> dict[str, str]:
    """The lines of a file such as /proc/meminfo, value by name; of a name that comes again the last. {} without it."""
    pairs = (line.partition(separator) for line in _text(path).splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""
