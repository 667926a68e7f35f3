"""Takes named files out of an archive that is not trusted."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from edgernn.edge_runtime.errors import InputError

# No file of the catalogue is larger; an archive that claims more is a decompression bomb.
MAX_MEMBER_BYTES = 1 << 30
_BLOCK = 1 << 20


def unpack(archive: Path, members: Sequence[str], folder: Path) -> None:
    """Writes each member under its base name into `folder`; names inside the archive choose no path.

    Raises:
      InputError: not a zip archive, a member is missing, damaged or too large.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            for member in members:
                _extract(file, member, folder / PurePosixPath(member).name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{archive.name}: cannot be unpacked: {error}") from error


def _extract(file: zipfile.ZipFile, member: str, target: Path) -> None:
    try:
        info = file.getinfo(member)
    except KeyError:
        raise InputError(f"{Path(file.filename or '').name}: holds no {member}") from None
    left = min(info.file_size, MAX_MEMBER_BYTES)
    if info.file_size > MAX_MEMBER_BYTES:
        raise InputError(f"{member}: unpacks to {info.file_size:,} bytes, more than {MAX_MEMBER_BYTES:,}")
    with file.open(info) as source, target.open("wb") as sink:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:  # the header lied
                raise InputError(f"{member}: unpacks to more bytes than the archive says")
            sink.write(block)
