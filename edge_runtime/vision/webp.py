"""The header of WebP files (RFC 9649), animated ones too."""

from __future__ import annotations

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.ifd import orientation_of

_EXIF = b"Exif\0\0"


def read_webp(data: bytes) -> PictureHeader:
    """The header.

    Raises:
      NotReadable: cut short or damaged.
    """
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise NotReadable("the WebP is cut short: copy the file again")
    facts, orientation = None, 1
    place = 12
    while place + 8 <= len(data):
        kind = data[place : place + 4]
        start, length = place + 8, int.from_bytes(data[place + 4 : place + 8], "little")
        if facts is None:  # the first chunk that has a size says it
            facts = _facts(kind, data[start : start + min(length, 16)])
        if kind == b"EXIF":
            orientation = orientation_of(data[start : start + length].removeprefix(_EXIF))
        place = start + length + length % 2
    if facts is None:
        raise NotReadable("the WebP says no size: save the picture again")
    width, height, alpha = facts
    # Its decoder has a canvas of its own.
    return PictureHeader("WebP", width, height, 4 if alpha else 3, orientation, extra_bytes=4 * width * height)


def _facts(kind: bytes, head: bytes) -> tuple[int, int, bool] | None:
    """Width and height in pixels, and whether some may be transparent."""
    if kind == b"VP8X" and len(head) >= 10:
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1, bool(head[0] & 16)
    if kind == b"VP8L" and len(head) >= 5:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == b"VP8 " and len(head) >= 10:
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF, False
    return None
