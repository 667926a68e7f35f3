"""Boards that qemu stands for, and what is run on them."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pi.roots import KIT, LITERT, REPOSITORY, TFLITE_RUNTIME, Root, privileged

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "fixtures"
# The bundle that needs FULLY_CONNECTED 12, which tflite-runtime lacks; tiny.old.tflite is the same for that target.
NEW_OPERATORS = "tiny.int8.tflite"
_TIMEOUT_S = 900


@dataclass(frozen=True)
class Board:
    """A board.

    Attributes:
      name: its processor's file in cpuinfo/, which must match `cpu`: the wrong one ends in SIGILL.
      title: that its device tree gives.
      cpu: qemu's name.
      root: its system.
      memory_kb: that /proc/meminfo shows.
    """

    name: str
    title: str
    cpu: str
    root: Root
    memory_kb: int

    @property
    def is_64_bit(self) -> bool:
        return self.root.architecture == "arm64"

    def bundles(self) -> list[Path]:
        """Fixtures that its runtime can load: all of them, but for one that has a twin for it."""
        found = sorted(FIXTURES.glob("*.tflite"))
        return found if self.is_64_bit else [path for path in found if path.name != NEW_OPERATORS]


BOARDS = (
    Board("pi3", "Raspberry Pi 3 Model B Rev 1.2", "cortex-a53", LITERT, 927_000),
    Board("pi4", "Raspberry Pi 4 Model B Rev 1.4", "cortex-a72", LITERT, 3_885_000),
    Board("pi5", "Raspberry Pi 5 Model B Rev 1.0", "cortex-a76", LITERT, 8_245_000),
    Board("pi2", "Raspberry Pi 2 Model B Rev 1.1", "cortex-a7", TFLITE_RUNTIME, 944_000),
)


@contextmanager
def running(board: Board, wheel: Path) -> Iterator[Path]:
    """A copy of the board's root, of hard links, with the kit and its processor's files; gone afterwards."""
    base = board.root.make()
    with tempfile.TemporaryDirectory(dir=base.parent, prefix=f".{board.name}-") as folder:
        root = Path(folder) / "root"
        for part in base.iterdir():
            if part.is_symlink():
                root.mkdir(exist_ok=True)
                (root / part.name).symlink_to(part.readlink())
            elif part.name != "dev":
                shutil.copytree(part, root / part.name, copy_function=os.link, symlinks=True)
        (root / "dev").mkdir()
        (root / "dev" / "null").touch()  # a plain file will do, and needs no privilege
        proc = root / "proc"
        shutil.copy(HERE / "cpuinfo" / f"{board.name}.txt", proc / "cpuinfo")
        memory = f"MemTotal: {board.memory_kb} kB\nMemAvailable: {board.memory_kb * 4 // 5} kB\n"
        (proc / "meminfo").write_text(memory, encoding="utf-8")
        (proc / "device-tree").mkdir()
        (proc / "device-tree" / "model").write_bytes(board.title.encode() + b"\0")
        zone = root / "sys/class/thermal/thermal_zone0"
        zone.mkdir(parents=True)
        (zone / "temp").write_text("51121\n", encoding="utf-8")
        board.root.install(root / KIT / "kit", str(wheel), "packaging")
        shutil.copy(HERE / "on_board.py", root / KIT)
        write_inputs(root / KIT / "inputs", board)
        yield root


def write_inputs(folder: Path, board: Board) -> None:
    """The board's bundles, a picture, a table of steps and one of a series."""
    folder.mkdir(parents=True)
    for path in (*board.bundles(), FIXTURES / "drawing.png"):
        shutil.copy(path, folder)
    steps = "".join(f"{0.5 * i - 1},{(-0.7) ** i:.6f}\n" for i in range(9))
    (folder / "steps.csv").write_text(steps, encoding="utf-8")
    series = "".join(f"{100 + i + 10 * math.sin(i * math.pi / 2):.3f}\n" for i in range(44))
    (folder / "series.csv").write_text(f"value\n{series}", encoding="utf-8")


def python_on(board: Board, root: Path, *words: str) -> str:
    """Standard output of Python on the board."""
    qemu = "qemu-aarch64-static" if board.is_64_bit else "qemu-arm-static"
    shutil.copy(shutil.which(qemu) or f"/usr/bin/{qemu}", root / "usr/bin")
    settings = {
        "PYTHONPATH": f"/{KIT}/kit:/{KIT}/site",
        "HOME": "/root",
        "PYTHONDONTWRITEBYTECODE": "1",  # no files of root's, whoever runs this
        "LD_LIBRARY_PATH": ":".join(board.root.libraries),
    }
    options = [word for name, value in settings.items() if value for word in ("-E", f"{name}={value}")]
    python = f"/usr/bin/python{board.root.python}"
    return _output(
        [*privileged(), "chroot", str(root), f"/usr/bin/{qemu}", "-cpu", board.cpu, *options, python, *words]
    )


def report_of(board: Board, wheel: Path) -> dict[str, Any]:
    """What on_board.py says there, and the requirements of the kit's wheel that hold there and are not met."""
    with running(board, wheel) as root:
        found: dict[str, Any] = json.loads(python_on(board, root, f"/{KIT}/on_board.py", f"/{KIT}/inputs"))
    return found


def report_here(board: Board, *, plain: bool) -> dict[str, Any]:
    """What on_board.py says on this machine, with the board's bundles."""
    with tempfile.TemporaryDirectory() as name:
        write_inputs(Path(name) / "inputs", board)
        script = [sys.executable, str(HERE / "on_board.py"), str(Path(name) / "inputs")]
        found: dict[str, Any] = json.loads(_output([*script, *(["plain"] if plain else [])]))
    return found


def make_wheel(folder: Path) -> Path:
    """The runtime's own wheel, as `make wheel` makes it."""
    from edgernn.devices.runtime_wheel import make_runtime_wheel

    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--quiet",
        "--wheel-dir",
        str(folder),
        str(REPOSITORY),
    ]
    _output(command)
    return make_runtime_wheel(next(folder.glob("edgernn-*.whl")), folder)


def _output(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=_TIMEOUT_S
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: status {done.returncode}: {done.stderr[-3000:]}")
    return done.stdout
