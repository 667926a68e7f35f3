"""The header of PNG files (ISO/IEC 15948), animated ones too."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.ifd import orientation_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# By colour type, as OpenCV gives them: grey, RGB, palette, grey and alpha, RGBA.
_CHANNELS = {0: 1, 2: 3, 3: 3, 4: 4, 6: 4}
# Decoders warn of, or ignore, a wrong checksum elsewhere.
_CHECKED = frozenset({b"IHDR", b"PLTE", b"IDAT"})


def read_png(data: bytes) -> PictureHeader:
    """The header, after the checksums of the chunks that make the picture.

    Raises:
      NotReadable: cut short or damaged.
    """
    chunks = _chunks(data)
    kind, head = next(chunks)
    if kind != b"IHDR" or len(head) != 13 or head[9] not in _CHANNELS:
        raise NotReadable("the PNG's header is damaged: save the picture again")
    orientation, channels = 1, _CHANNELS[head[9]]
    for kind, content in chunks:
        if kind == b"eXIf":
            orientation = orientation_of(bytes(content))
        elif kind == b"tRNS":  # a colour, or some of the palette, is transparent
            channels = 4
    width, height = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big")
    pixel_bytes = channels * (2 if head[8] == 16 else 1)
    # OpenCV keeps a second canvas, for animations, whether there is one or not.
    return PictureHeader("PNG", width, height, pixel_bytes, orientation, extra_bytes=width * height * pixel_bytes)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Kind and content, up to the one that ends the picture."""
    view = memoryview(data)
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if place + 12 > len(data) or end > len(data):
            raise NotReadable("the PNG is cut short: copy the file again")
        kind = data[place + 4 : place + 8]
        if kind in _CHECKED and zlib.crc32(view[place + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
            raise NotReadable(f"the PNG is damaged at byte {place}: copy the file again")
        yield kind, view[place + 8 : end - 4]
        place = end
