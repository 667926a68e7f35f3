"""Debian packages, read as what they are: an `ar` archive of a few files, one of which is a compressed tar archive.

Layout: deb(5) and ar(5). Nothing is installed, and no script of the package is looked at.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal

_MAGIC = b"!<arch>\n"
_HEADER_BYTES, _HEADER_END = 60, b"`\n"
_MODES: dict[str, Literal["r|xz", "r|gz", "r|bz2", "r|"]] = {
    "data.tar.xz": "r|xz",
    "data.tar.gz": "r|gz",
    "data.tar.bz2": "r|bz2",
    "data.tar": "r|",
}


@contextlib.contextmanager
def open_deb(path: Path) -> Iterator[tarfile.TarFile]:
    """The package's files, in their order.

    Raises:
      tarfile.ReadError: no Debian package, or of a compression that is not read.
    """
    with path.open("rb") as file:
        name, size = _data_part(file)
        with tarfile.open(fileobj=_Part(file, size), mode=_MODES[name]) as archive:
            yield archive


def _data_part(file: BinaryIO) -> tuple[str, int]:
    """Name and size of the part with the files, at whose first byte `file` then stands."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise tarfile.ReadError("no Debian package")
    seen = []
    while len(header := file.read(_HEADER_BYTES)) == _HEADER_BYTES and header.endswith(_HEADER_END):
        name, digits = header[:16].decode("ascii", "replace").strip().rstrip("/"), header[48:58].strip()
        if not digits.isdigit():
            break
        if name in _MODES:
            return name, int(digits)
        seen.append(name)
        file.seek(int(digits) + int(digits) % 2, io.SEEK_CUR)  # parts begin at even places
    raise tarfile.ReadError(f"a Debian package without {', '.join(_MODES)} (it holds {', '.join(seen) or 'nothing'})")


class _Part(io.RawIOBase):
    """The next `size` bytes of a file, as a file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data
