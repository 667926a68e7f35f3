"""The header of TIFF files (Adobe 1992): the first picture of the file."""

from __future__ import annotations

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.ifd import ORIENTATION, read_ifd

_WIDTH, _HEIGHT, _BITS, _SAMPLES = 256, 257, 258, 277
_TILE_WIDTH, _TILE_HEIGHT, _SAMPLE_FORMAT = 322, 323, 339
_UNSIGNED = (1, 4)


def read_tiff(data: bytes) -> PictureHeader:
    """The header.

    Raises:
      NotReadable: cut short, or of samples that are not read.
    """
    tags = read_ifd(data)
    if _WIDTH not in tags or _HEIGHT not in tags:
        raise NotReadable("the TIFF says no size: save it again, or as PNG")
    width, height = tags[_WIDTH][0], tags[_HEIGHT][0]
    bits, samples = max(tags.get(_BITS, (1,))), tags.get(_SAMPLES, (1,))[0]
    if tags.get(_SAMPLE_FORMAT, (1,))[0] not in _UNSIGNED or bits > 16:
        raise NotReadable("a TIFF of floating-point, signed or 32-bit samples: save it as PNG")
    if bits > 8 and samples not in (1, 3):
        raise NotReadable("a TIFF of 16 bits with transparency or CMYK: save it as PNG")
    orientation = tags.get(ORIENTATION, (1,))[0]
    # A tile is decoded whole, and may be larger than the picture.
    tile = tags.get(_TILE_WIDTH, (0,))[0] * tags.get(_TILE_HEIGHT, (0,))[0]
    return PictureHeader(
        "TIFF",
        width,
        height,
        max(4, samples) * (2 if bits > 8 else 1),
        orientation if 1 <= orientation <= 8 else 1,
        extra_bytes=4 * max(tile, width * height),
        premultiplied=True,  # so libtiff gives pictures of 8 bits
    )
