"""Which formats are read, told by their first bytes; a file's name says nothing."""

from __future__ import annotations

from collections.abc import Callable

from edgernn.edge_runtime.vision.gif_bmp import read_bmp, read_gif
from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.jpeg import read_jpeg
from edgernn.edge_runtime.vision.limits import check_limits
from edgernn.edge_runtime.vision.png import SIGNATURE, read_png
from edgernn.edge_runtime.vision.tiff import read_tiff
from edgernn.edge_runtime.vision.webp import read_webp

_READERS: dict[bytes, Callable[[bytes], PictureHeader]] = {
    b"\xff\xd8\xff": read_jpeg,
    SIGNATURE: read_png,
    b"GIF87a": read_gif,
    b"GIF89a": read_gif,
    b"BM": read_bmp,
    b"II*\0": read_tiff,
    b"MM\0*": read_tiff,
}
_NAMES = "JPEG, PNG, WebP, GIF, BMP or TIFF"


def read_header(data: bytes) -> PictureHeader:
    """The header of a picture of any format that is read, within the limits.

    Raises:
      NotReadable: no picture, of another format, cut short, damaged, or too large.
    """
    if not data:
        raise NotReadable("the file is empty")
    header = _reader_of(data)(data)
    check_limits(header, len(data))
    return header


def _reader_of(data: bytes) -> Callable[[bytes], PictureHeader]:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return read_webp
    for beginning, reader in _READERS.items():
        if data.startswith(beginning):
            return reader
    raise NotReadable(_what_it_is(data))


def _what_it_is(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return f"a HEIC, AVIF or video file, no picture that is read: save it as {_NAMES}"
    head = data[:256]
    if b"\0" not in head and not any(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in head):
        return f"a text file, no picture: expected {_NAMES}"
    return f"no picture that is read: expected {_NAMES}"
