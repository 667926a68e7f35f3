"""Every change that a deploy makes to the device's disk, one function each.

After each of them the power may go. `EDGERNN_DEPLOY_DIE_AFTER=N` ends the process at once after the Nth change, without
any clean-up: the tests go through all N.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20


class _Countdown:
    left = int(os.environ.get("EDGERNN_DEPLOY_DIE_AFTER", "0"))


def _changed() -> None:
    _Countdown.left -= 1
    if _Countdown.left == 0:
        os._exit(137)


def make_folder(path: Path) -> None:
    """Makes a folder, and those above it; each is on the disk in the folder above it afterwards."""
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        with contextlib.suppress(FileExistsError):
            one.mkdir()
        _changed()
        sync_folder(one.parent)


def write_blocks(path: Path, blocks: Iterator[bytes]) -> None:
    """Writes a new file to the disk itself. A full disk raises OSError."""
    with path.open("xb") as file:
        _changed()
        for block in blocks:
            file.write(block)
            _changed()
        _to_disk(file)


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all."""
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        _changed()
        _to_disk(file)
    rename(temporary, path)


def write_secret(path: Path, data: bytes) -> None:
    """Writes a new file that this user alone can read, whole or not at all."""
    temporary = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        _changed()
        _to_disk(file)
    rename(temporary, path)


def rename(old: Path, new: Path) -> None:
    """Renames, and waits until the disk knows: atomic within a file system."""
    old.replace(new)
    _changed()
    sync_folder(new.parent)


def point_link(link: Path, target: str) -> None:
    """Makes `link` point at `target`; whoever looks finds the old target or the new one, never none."""
    temporary = link.with_name(f"{link.name}.tmp")
    remove_file(temporary)
    temporary.symlink_to(target)
    _changed()
    sync_folder(link.parent)
    rename(temporary, link)


def remove_file(path: Path) -> None:
    """Removes a file or link where there is one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return
    _changed()


def remove_tree(path: Path) -> None:
    """Removes a folder and all that is in it; symbolic links are not followed."""
    for one in sorted(path.iterdir()):
        if one.is_dir() and not one.is_symlink():
            remove_tree(one)
        else:
            remove_file(one)
    path.rmdir()
    _changed()


def sync_folder(path: Path) -> None:
    """Waits until the disk knows the names in a folder."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    _changed()


def hash_file(path: Path) -> str:
    """SHA-256 as the disk has it; "" where the file cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            # What was written before is read from the disk, not from memory.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            for block in iter(lambda: file.read(_BLOCK), b""):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    _changed()
