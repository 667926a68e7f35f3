"""Packed weights in a file: a second start need not pack them, and processes share the pages.

XNNPACK takes any file with its header at the path that it is given, whatever model it was made from and whatever
happened to its bytes. So the file's name binds it to the model, the engine and the processor, and its hash stands
beside it; a file that does not match is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from edgernn.edge_runtime.files import sha256_hex

T = TypeVar("T")


def open_with_cache(folder: Path, model: bytes, engine_version: str, open_at: Callable[[str], T]) -> T | None:
    """Opens a model with packed weights from `folder`, or leaves them there for the next time.

    Args:
      folder: made where it does not exist.
      model: the TFLite FlatBuffer.
      engine_version: packing changes between versions.
      open_at: opens the model with the cache file at a path; writes it where there is none.

    Returns:
      What `open_at` gave, or None where the folder cannot be used.
    """
    file = folder / _name(model, engine_version)
    digest = file.with_suffix(".sha256")
    if _intact(file, digest):
        return open_at(str(file))
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.touch()
        fresh.unlink()
    except OSError:
        return None
    try:
        opened = open_at(str(fresh))
        _adopt(fresh, file, digest)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()
    return opened


def _name(model: bytes, engine_version: str) -> str:
    # The packed layout follows the kernels, which follow the processor's instructions.
    machine = hashlib.sha256(f"{engine_version} {platform.machine()} {_instructions()}".encode()).hexdigest()
    return f"{sha256_hex(model)[:24]}-{machine[:12]}.xnnpack"


def _instructions() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


def _intact(file: Path, digest: Path) -> bool:
    try:
        return sha256_hex(file.read_bytes()) == digest.read_text(encoding="ascii")
    except (OSError, ValueError):
        return False


def _adopt(fresh: Path, file: Path, digest: Path) -> None:
    """The digest goes first and comes last: whatever is interrupted, no file stands beside a digest that it misses."""
    try:
        digest.unlink(missing_ok=True)
        packed = sha256_hex(fresh.read_bytes())
        fresh.replace(file)
        digest.write_text(packed, encoding="ascii")
    except OSError:  # a model without weights to pack leaves no file
        return
