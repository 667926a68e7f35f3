"""Changes a picture's size as `PictureSpec` says, in whole numbers throughout."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision.opencv import import_cv2

Pixels = npt.NDArray[np.uint8]
_WHITE = (255, 255, 255)


def halvings_of(width: int, height: int, spec: PictureSpec) -> int:
    """How many times a picture is halved before its last, bilinear step.

    Args:
      width: pixels.
      height: pixels.
      spec: the rule.
    """
    shorter = min(width, height)
    side = {"stretch": shorter, "crop": _kept(width, height, spec), "pad": max(width, height)}[spec.fit]
    count = 0
    while side >> count + 1 >= spec.size and shorter >> count + 1 >= 1:
        count += 1
    return count


def halve(pixels: Pixels, times: int) -> Pixels:
    """Each 2 x 2 block becomes its mean, a half rounded up; an odd last row or column is left out.

    Args:
      pixels: [height, width, 3].
      times: that this is done.
    """
    cv2 = import_cv2()
    for _ in range(times):
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        even = np.ascontiguousarray(pixels[: 2 * height, : 2 * width])
        pixels = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
    return pixels


def fit(pixels: Pixels, spec: PictureSpec) -> Pixels:
    """The bilinear step, with what the rule cuts away or adds.

    Args:
      pixels: [height, width, 3], already halved.
      spec: the rule.

    Returns:
      [size, size, 3].
    """
    height, width = pixels.shape[:2]
    if spec.fit == "crop":
        side = _kept(width, height, spec)
        top, left = (height - side) // 2, (width - side) // 2
        pixels = pixels[top : top + side, left : left + side]
    if spec.fit == "pad":
        longer = max(width, height)
        # Rounded to the nearest, a half up.
        sides = tuple(max(1, (2 * side * spec.size + longer) // (2 * longer)) for side in (width, height))
        return _padded(_resized(pixels, *sides), spec.size)
    return _resized(pixels, spec.size, spec.size)


def _kept(width: int, height: int, spec: PictureSpec) -> int:
    return max(1, int(min(width, height) * spec.keep))


def _resized(pixels: Pixels, width: int, height: int) -> Pixels:
    if pixels.shape[:2] == (height, width):
        return np.ascontiguousarray(pixels)
    cv2 = import_cv2()
    found: Pixels = cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=cv2.INTER_LINEAR_EXACT)
    return found


def _padded(pixels: Pixels, size: int) -> Pixels:
    height, width = pixels.shape[:2]
    square = np.empty((size, size, 3), np.uint8)
    square[:] = _WHITE
    top, left = (size - height) // 2, (size - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square
