"""Takes named files out of an archive that is not trusted."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.deb import open_deb

# No file of the catalogue is larger; an archive that claims more is a decompression bomb.
MAX_MEMBER_BYTES = 1 << 30
MAX_BYTES = 2 << 30
MAX_FILES = 50_000
_BLOCK = 1 << 20
# A file inside: its name, its size as the archive says, and what opens it.
Member = tuple[str, int, Callable[[], IO[bytes] | None]]


def unpack(archive: Path, members: Sequence[str], folder: Path, endings: tuple[str, ...] = ()) -> None:
    """Writes files under their base names into `folder`, and those of folders under their paths below them.

    Args:
      archive: .tgz, .deb, otherwise zip.
      members: names of files, and of folders that end in "/".
      folder: to write into.
      endings: of the files that are taken out of folders; () for all.

    Raises:
      InputError: not an archive of its kind; a member is missing, damaged, too large, or named as no file should be.
    """
    try:
        files = {".tgz": _in_tgz, ".deb": _in_deb}.get(archive.suffix, _in_zip)
        found = _take(files(archive), members, folder, endings)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{archive.name}: cannot be unpacked: {error}") from error
    if missing := set(members) - found:
        raise InputError(f"{archive.name}: holds no {min(missing)}")


def _in_zip(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            if not info.is_dir():
                yield info.filename, info.file_size, lambda info=info: file.open(info)  # type: ignore[misc]


def _in_tgz(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r:gz") as file:
        yield from _in_tar(file)


def _in_deb(archive: Path) -> Iterator[Member]:
    with open_deb(archive) as file:
        yield from _in_tar(file)


def _in_tar(file: tarfile.TarFile) -> Iterator[Member]:
    """In the archive's order: going back would decompress it again from its beginning."""
    for info in file:
        if info.isreg():  # no link, no device
            yield info.name, info.size, lambda info=info: file.extractfile(info)  # type: ignore[misc]


def _take(files: Iterator[Member], members: Sequence[str], folder: Path, endings: tuple[str, ...]) -> set[str]:
    """Writes what is wanted, each once; the members that were found."""
    folders = tuple(member for member in members if member.endswith("/"))
    single = frozenset(members) - frozenset(folders)
    found: set[str] = set()
    count = total = 0
    for name, size, opened in files:
        if name in single and name not in found:
            found.add(name)
            target = folder / PurePosixPath(name).name
        elif (inside := next((f for f in folders if name.startswith(f)), None)) and name.endswith(endings or ""):
            found.add(inside)
            target = folder / _path_below(name, inside)
        else:
            continue
        count, total = count + 1, total + size
        if count > MAX_FILES or total > MAX_BYTES:
            raise InputError(f"{name}: the archive unpacks to more than {MAX_FILES:,} files or {MAX_BYTES:,} bytes")
        if (source := opened()) is not None:
            _write(source, name, size, target)
    return found


def _path_below(name: str, folder: str) -> PurePosixPath:
    path = PurePosixPath(name[len(folder) :])
    odd = {"..", ".", ""} & set(name[len(folder) :].split("/")) or any(c in name for c in ":\\\0")
    if odd or path.is_absolute():
        raise InputError(f"{name}: no name that a file of an archive should have")
    return path


def _write(source: IO[bytes], member: str, size: int, target: Path) -> None:
    """Writes `size` bytes, no more and no fewer."""
    if size > MAX_MEMBER_BYTES:
        raise InputError(f"{member}: unpacks to {size:,} bytes, more than {MAX_MEMBER_BYTES:,}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as sink:
        while block := source.read(_BLOCK):
            size -= len(block)
            if size < 0:  # the header lied
                raise InputError(f"{member}: unpacks to more bytes than the archive says")
            sink.write(block)
    if size:
        raise InputError(f"{member}: unpacks to fewer bytes than the archive says")
