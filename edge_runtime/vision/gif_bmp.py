"""The headers of GIF (version 89a) and of Windows bitmaps: a size at a fixed place."""

from __future__ import annotations

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader

_OLD_BITMAP = 12


def read_gif(data: bytes) -> PictureHeader:
    """The header.

    Raises:
      NotReadable: cut short.
    """
    if len(data) < 13:
        raise NotReadable("the GIF is cut short: copy the file again")
    # Its decoder keeps two more canvases beside the one that it gives.
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return PictureHeader("GIF", width, height, 4, extra_bytes=8 * width * height)


def read_bmp(data: bytes) -> PictureHeader:
    """The header.

    Raises:
      NotReadable: cut short.
    """
    if len(data) < 30:
        raise NotReadable("the bitmap is cut short: copy the file again")
    old = int.from_bytes(data[14:18], "little") == _OLD_BITMAP
    sides = (data[18:20], data[20:22]) if old else (data[18:22], data[22:26])
    # A height below zero says that the rows begin at the top.
    width, height = (abs(int.from_bytes(side, "little", signed=not old)) for side in sides)
    start = int.from_bytes(data[10:14], "little")
    bits, packing = (data[24], 0) if old else (data[28], int.from_bytes(data[30:34], "little"))
    if packing in (0, 3) and start + (width * bits + 31) // 32 * 4 * height > len(data):
        raise NotReadable("the bitmap is cut short: copy the file again")
    return PictureHeader("BMP", width, height, 4)
