"""What this machine can run, what is missing, and how to mend it."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines import EngineStatus, survey
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
    """

    system: dict[str, str]
    engines: tuple[EngineStatus, ...]
    chosen: str | None
    packages: tuple[Package, ...]
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def diagnose() -> Diagnosis:
    """Looks at this machine; nothing heavy is imported."""
    engines = tuple(survey())
    chosen = next((engine.name for engine in engines if engine.available), None)
    problems = [] if chosen else [f"no engine: {engine.reason}: {engine.mend}" for engine in engines]
    if not _writable(cache_dir()):
        problems.append(f"cache folder {cache_dir()} cannot be written: set EDGERNN_CACHE to one that can")
    return Diagnosis(_system(), engines, chosen, tuple(_package(*row) for row in _OPTIONAL), tuple(problems))


def _system() -> dict[str, str]:
    model, flags = _processor()
    return {
        "python": f"{platform.python_version()} ({sys.executable})",
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "libc": " ".join(platform.libc_ver()).strip() or "unknown",
        "processor": model,
        "instructions": " ".join(flag for flag in _FLAGS if flag in flags) or "unknown",
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": _memory(),
        "numpy": np.__version__,
        "cache": str(cache_dir()),
    }


def _processor() -> tuple[str, set[str]]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or "unknown", set()
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    name = fields.get("model name") or fields.get("Model") or platform.machine()
    return name, set((fields.get("flags") or fields.get("Features") or "").split())


def _memory() -> str:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    fields = {key: int(value.split()[0]) for key, _, value in (line.partition(":") for line in lines) if value.split()}
    return f"{fields.get('MemAvailable', 0) / 1e6:.1f} GB free of {fields.get('MemTotal', 0) / 1e6:.1f} GB"


def _writable(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def _package(module: str, name: str, extra: str, purpose: str) -> Package:
    version = (version_of(name) or "installed") if has_module(module) else ""
    return Package(name, version, purpose, "" if version else f'pip install "edgernn[{extra}]"')
