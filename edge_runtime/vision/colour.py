"""Decoded pixels and users' arrays become RGB of 8 bits."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

WHITE = 255
Order = Literal["rgb", "bgr"]


def to_rgb8(pixels: npt.NDArray[Any], order: Order, premultiplied: bool = False) -> npt.NDArray[np.uint8]:
    """RGB of 8 bits, on white.

    Of 16 bits the upper 8 are kept, as libpng does. What is transparent is blended with white:
    (colour * alpha + 255 * (255 - alpha)) / 255, rounded to the nearest.

    Args:
      pixels: uint8 or uint16, [height, width] or [height, width, 1, 2, 3 or 4]: grey, grey and alpha, colour, colour
        and alpha.
      order: of the colours in `pixels`.
      premultiplied: whether colours have already been multiplied by alpha.

    Returns:
      [height, width, 3]; not always a copy.
    """
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    channels = pixels.shape[2]
    colours = pixels[:, :, : 1 if channels < 3 else 3]
    if channels in (2, 4):
        colours = _on_white(colours, pixels[:, :, channels - 1 :], premultiplied)
    if channels < 3:
        return np.repeat(colours, 3, axis=2)
    return colours[:, :, ::-1] if order == "bgr" else colours


def _on_white(
    colours: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8], premultiplied: bool
) -> npt.NDArray[np.uint8]:
    opaque = alpha.astype(np.uint16)
    rest = np.uint16(WHITE) - opaque
    if premultiplied:
        return np.minimum(colours + rest, WHITE).astype(np.uint8)
    # 255 * 255 + 127 just fits into 16 bits.
    return ((colours * opaque + rest * np.uint16(WHITE) + np.uint16(WHITE // 2)) // np.uint16(WHITE)).astype(np.uint8)
