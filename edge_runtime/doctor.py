"""What this machine can run, what is missing, and how to mend it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.board import Board, fields_of, problems_of, read_board
from edgernn.edge_runtime.engines import EngineStatus, survey
from edgernn.edge_runtime.engines.gpu_shield import dies_of_gpu
from edgernn.edge_runtime.engines.packages import has_module, version_of
from edgernn.edge_runtime.files import cache_dir

# Instructions that the engines' kernels use, where the processor has them.
_FLAGS = ("avx", "avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "asimd", "asimddp", "atomics", "neon")
# Module, distribution, extra that brings it, and what it is for.
_OPTIONAL = (
    ("tokenizers", "tokenizers", "text", "faster tokenizing of text"),
    ("cv2", "opencv-python-headless", "vision", "pictures"),
    ("keras", "keras", "train", "training"),
    ("tensorflow", "tensorflow", "convert", "conversion"),
)


@dataclass(frozen=True)
class Package:
    """An optional package: its distribution's name, version ("" if missing), and what to type for it."""

    name: str
    version: str
    purpose: str
    mend: str


@dataclass(frozen=True)
class Diagnosis:
    """What was found.

    Attributes:
      system: facts by name.
      engines: best first.
      chosen: the engine that `load` takes first, or None.
      packages: the optional ones.
      problems: what to mend, one sentence each.
      board: the machine as such, and its state.
      profile: name of what the kit knows of such machines, or None.
    """

    system: dict[str, str]
    engines: tuple[EngineStatus, ...]
    chosen: str | None
    packages: tuple[Package, ...]
    problems: tuple[str, ...]
    board: Board
    profile: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def diagnose(root: Path = Path("/")) -> Diagnosis:
    """Looks at this machine, its files as they are below `root`; nothing heavy is imported."""
    engines = tuple(survey())
    chosen = next((engine.name for engine in engines if engine.available), None)
    board = read_board(root)
    # What rules the board out comes before what could be installed.
    problems = problems_of(board, chosen is not None)
    if chosen is None:
        problems += [f"no engine: {engine.reason}: {engine.mend}" for engine in engines]
    if not _writable(cache_dir()):
        problems.append(f"cache folder {cache_dir()} cannot be written: set EDGERNN_CACHE to one that can")
    packages = tuple(_package(*row) for row in _OPTIONAL)
    profile = board.profile
    name = profile.name if profile else None
    return Diagnosis(_system(root, board), engines, chosen, packages, tuple(problems), board, name)


def _system(root: Path, board: Board) -> dict[str, str]:
    model, flags = _processor(fields_of(root / "proc/cpuinfo", ":"))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    profile = board.profile
    facts = {
        "board": board.name,
        "profile": f"{profile.name}: edgernn convert --target {profile.name}" if profile else "",
        "release": board.release,
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "userland": f"{board.bits}-bit",
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "processor": model,
        "instructions": " ".join(flag for flag in _FLAGS if flag in flags) or "unknown",
        "gpu": "LiteRT's library for it is kept out: it would end on this processor" if dies_of_gpu() else "",
        "cores": str(cores),
        "threads": f"{profile.threads} for one model" if profile else "",
        "temperature": "" if board.temperature is None else f"{board.temperature:.1f} C",
        "throttling": ", ".join(board.throttling) or ("none" if board.name.startswith("Raspberry") else ""),
        "memory": _memory(fields_of(root / "proc/meminfo", ":")),
        "numpy": np.__version__,
        "cache": str(cache_dir()),
    }
    return {name: text for name, text in facts.items() if text}


def _processor(fields: Mapping[str, str]) -> tuple[str, set[str]]:
    """Its name and instructions, by /proc/cpuinfo."""
    unnamed = platform.machine() if fields else platform.processor() or "unknown"
    name = fields.get("model name") or fields.get("Model") or unnamed
    return name, set((fields.get("flags") or fields.get("Features") or "").split())


def _memory(fields: Mapping[str, str]) -> str:
    """By /proc/meminfo."""
    if not fields:
        return "unknown"
    free, whole = (int((fields.get(name) or "0").split()[0]) / 1e6 for name in ("MemAvailable", "MemTotal"))
    return f"{free:.1f} GB free of {whole:.1f} GB"


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def _package(module: str, name: str, extra: str, purpose: str) -> Package:
    version = (version_of(name) or "installed") if has_module(module) else ""
    return Package(name, version, purpose, "" if version else f'pip install "edgernn[{extra}]"')
