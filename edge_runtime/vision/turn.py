"""Turns a picture as EXIF says that the camera was held."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def upright(pixels: npt.NDArray[np.uint8], orientation: int) -> npt.NDArray[np.uint8]:
    """The picture as it is to be seen.

    The numbers' meaning: EXIF 2.32, tag 0x0112 (where the first row and the first column lie).

    Args:
      pixels: [height, width, channels].
      orientation: 1 to 8.

    Returns:
      A view; from 5 on width and height are exchanged.
    """
    if orientation > 4:  # the first row lies at the left or right
        pixels = pixels.transpose(1, 0, 2)
    bottom = orientation in (3, 4, 7, 8)
    right = orientation in (2, 3, 6, 7)
    return pixels[:: -1 if bottom else 1, :: -1 if right else 1]
