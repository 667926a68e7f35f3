"""Takes named files out of an archive that is not trusted."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from edgernn.edge_runtime.errors import InputError

# No file of the catalogue is larger; an archive that claims more is a decompression bomb.
MAX_MEMBER_BYTES = 1 << 30
_BLOCK = 1 << 20


def unpack(archive: Path, members: Sequence[str], folder: Path) -> None:
    """Writes each member under its base name into `folder`; names inside the archive choose no path.

    Raises:
      InputError: not an archive of its kind (.tgz, otherwise zip), a member is missing, damaged or too large.
    """
    try:
        (_from_tar if archive.suffix == ".tgz" else _from_zip)(archive, members, folder)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{archive.name}: cannot be unpacked: {error}") from error


def _from_zip(archive: Path, members: Sequence[str], folder: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        sizes = {info.filename: info.file_size for info in file.infolist()}
        for member in members:
            if member not in sizes:
                raise InputError(f"{archive.name}: holds no {member}")
            with file.open(member) as source:
                _write(source, member, sizes[member], folder)


def _from_tar(archive: Path, members: Sequence[str], folder: Path) -> None:
    """In the archive's order: going back would decompress it again from its beginning."""
    missing = set(members)
    with tarfile.open(archive, "r:gz") as file:
        for info in file:
            source = file.extractfile(info) if info.name in missing and info.isreg() else None
            if source is not None:
                _write(source, info.name, info.size, folder)
                missing.remove(info.name)
    if missing:
        raise InputError(f"{archive.name}: holds no {min(missing)}")


def _write(source: IO[bytes], member: str, size: int, folder: Path) -> None:
    """Writes `size` bytes at most."""
    if size > MAX_MEMBER_BYTES:
        raise InputError(f"{member}: unpacks to {size:,} bytes, more than {MAX_MEMBER_BYTES:,}")
    with (folder / PurePosixPath(member).name).open("wb") as sink:
        while block := source.read(_BLOCK):
            size -= len(block)
            if size < 0:  # the header lied
                raise InputError(f"{member}: unpacks to more bytes than the archive says")
            sink.write(block)
