"""Decodes a picture's bytes, after its header has been looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.ifd import unturned
from edgernn.edge_runtime.vision.opencv import import_cv2


def decode_picture(data: bytes, header: PictureHeader, halvings: int) -> npt.NDArray[Any]:
    """Decodes the first picture of a file.

    JPEG is decoded to RGB or grey (CMYK becomes RGB); other formats are decoded as they are stored, since OpenCV
    otherwise drops transparency and, in some versions, scales 16 bits in its own way.

    Args:
      data: of the file.
      header: of `data`; the picture is not turned by its orientation.
      halvings: 0 to 3; the decoder shrinks by 2 to this power where the format allows that.

    Returns:
      uint8 or uint16, [height, width] or [height, width, 3 or 4], blue first, as OpenCV orders channels.

    Raises:
      NotReadable: the decoder cannot read it.
    """
    cv2 = import_cv2()
    flags = cv2.IMREAD_UNCHANGED
    if header.format == "TIFF" and header.orientation != 1:
        data = unturned(data)
    if header.shrinks:
        shrunk = (cv2.IMREAD_COLOR, *(getattr(cv2, f"IMREAD_REDUCED_COLOR_{n}") for n in (2, 4, 8)))
        flags = shrunk[halvings] | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        with quiet_native_logs():  # its libraries write warnings to standard error
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except (cv2.error, MemoryError) as error:
        raise NotReadable(f"the {header.format} cannot be decoded: save the picture again") from error
    if pixels is None:
        raise NotReadable(
            f"the {header.format} is damaged, or of a kind that OpenCV {cv2.__version__} does not decode: "
            "copy the file again, or save it as PNG"
        )
    found: npt.NDArray[Any] = pixels
    if found.dtype not in (np.uint8, np.uint16):
        raise NotReadable(f"{header.format} samples of type {found.dtype}: save the picture with 8 or 16 bits")
    return found
