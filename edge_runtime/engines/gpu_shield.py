"""Keeps LiteRT's GPU library out of the process.

ai-edge-litert loads it for every `CompiledModel`, though only the CPU is asked for, and once more by its bare name,
which the linker finds beside the library that asks. The build for Arm uses LSE instructions: on cores without them
(Raspberry Pi 3, Zero 2 W and 4) it ends the process at once. Elsewhere it costs 4 MB.

The library that asks is loaded from a folder of links here, before anything else loads it: beside that name lies no
GPU library. The folder may go at once: the linker keeps its name alone.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import platform
import sys
from pathlib import Path

_ASKS = "libpywrap_litert_common.so"
_CPUINFO = Path("/proc/cpuinfo")


def dies_of_gpu(cpuinfo: Path | None = None) -> bool:
    """Whether this is a 64-bit Arm core without LSE."""
    if platform.machine() != "aarch64":
        return False
    try:
        lines = (cpuinfo or _CPUINFO).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    features = [line.partition(":")[2].split() for line in lines if line.startswith("Features")]
    return any("atomics" not in words for words in features)


def refusal() -> str | None:
    """Why `CompiledModel` would end the process; None where it would not."""
    if not dies_of_gpu() or _without_gpu.cache_info().currsize or not _loaded():
        return None
    return "ai_edge_litert was imported before edgernn, with a GPU library that this processor cannot run"


def keep_gpu_out() -> str:
    """Call it before any import of `ai_edge_litert`.

    Returns:
      The folder for LiteRT to look for accelerators in: there are none. Where it could not be made, the package's own.

    Raises:
      RuntimeError: the GPU library cannot be kept out, and would end the process.
    """
    try:
        return _without_gpu()
    except OSError as error:
        if dies_of_gpu():
            raise RuntimeError(f"this processor cannot run its GPU library: {error}") from error
    return str(_package())


@functools.cache
def _without_gpu() -> str:
    import tempfile

    library = _package() / _ASKS
    if sys.platform != "linux" or not library.exists():
        return str(library.parent)
    if _loaded():
        raise OSError("ai_edge_litert was imported before edgernn")
    with tempfile.TemporaryDirectory(prefix="edgernn-") as folder:
        link = Path(folder) / _ASKS
        link.symlink_to(library)
        ctypes.CDLL(str(link))
    return folder


def _loaded() -> bool:
    return any(name.startswith("ai_edge_litert._pywrap") for name in sys.modules)


def _package() -> Path:
    spec = importlib.util.find_spec("ai_edge_litert")
    if spec is None or spec.origin is None:
        raise ImportError("ai_edge_litert is not installed", name="ai_edge_litert")
    return Path(spec.origin).parent
