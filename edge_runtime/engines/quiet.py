"""Keeps the native libraries' progress messages off the user's screen."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

_lock = threading.Lock()


@contextlib.contextmanager
def quiet_native_logs() -> Iterator[None]:
    """Sends file descriptor 2 to nowhere within the block.

    LiteRT writes some thirty lines about accelerators that it looks for, and offers no switch from Python.
    Errors still arrive as exceptions. EDGERNN_NATIVE_LOGS=1 shows everything.
    """
    if os.environ.get("EDGERNN_NATIVE_LOGS") == "1":
        yield
        return
    with _lock:
        saved = _duplicate(2)
        if saved is None:
            yield
            return
        try:
            _redirect(os.devnull, 2)
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def _duplicate(descriptor: int) -> int | None:
    try:
        return os.dup(descriptor)
    except OSError:  # a daemon may have closed it
        return None


def _redirect(path: str, descriptor: int) -> None:
    sink = os.open(path, os.O_WRONLY)
    os.dup2(sink, descriptor)
    os.close(sink)
