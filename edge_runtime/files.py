"""Files that appear whole or not at all, and the user's cache directory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.errors import InputError


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path beside `path`, and renames it to `path` when the block ends without an error.

    The temporary name lies in the same folder, because a rename is atomic only within one file system.
    The content reaches the disk before the rename: after a power cut the old file or the new one is there.

    Raises:
      InputError: the folder does not exist or cannot be written.
    """
    import tempfile  # not needed to run a model, and slow to import

    target = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise InputError(f"cannot write {target}: {error.strerror or error}") from error
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _flush(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except IsADirectoryError as error:
        raise InputError(f"cannot write {target}: it is a folder") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Writes `data` to `path`, whole or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes `text` to `path` as UTF-8 with Unix line ends, whole or not at all."""
    write_bytes(path, text.encode("utf-8"))


def sha256_hex(data: bytes | memoryview) -> str:
    """SHA-256 of `data`, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def cache_dir() -> Path:
    """The kit's cache folder (not created here): $EDGERNN_CACHE, else the platform's convention."""
    if chosen := os.environ.get("EDGERNN_CACHE"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "edgernn"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "edgernn"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgernn"


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    # There is no call that only reads it.
    mask = os.umask(0)
    os.umask(mask)
    return mask
