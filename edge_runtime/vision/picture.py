"""From a file, bytes or an array to what a model reads."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision.colour import Order, to_rgb8
from edgernn.edge_runtime.vision.decode import decode_picture
from edgernn.edge_runtime.vision.formats import read_header
from edgernn.edge_runtime.vision.header import NotReadable
from edgernn.edge_runtime.vision.limits import MAX_SHRINK, least_shrink
from edgernn.edge_runtime.vision.resize import Pixels, fit, halve, halvings_of
from edgernn.edge_runtime.vision.source import check_array, read_bytes
from edgernn.edge_runtime.vision.turn import upright

Source = str | os.PathLike[str] | bytes | npt.NDArray[Any]
# Rows that are blended and halved at once: a picture is never held twice in full.
_STRIPE_PIXELS = 1 << 20


def load_picture(source: Source, spec: PictureSpec, order: Order = "rgb") -> Pixels:
    """A picture in the size that a model reads.

    The same bytes give the same array: sizes are changed in whole numbers, alike everywhere (`PictureSpec`), and what
    is stored without loss decodes alike everywhere. JPEG and lossy WebP are up to the libraries that OpenCV was built
    with, whose versions may differ by a unit or two; those of the wheels of 4.6 to 5.0 do not on one machine
    (benchmarks/caption/opencv_versions.md). GIF and animated WebP need a version after 4.10.

    Args:
      source: a file's path, its bytes, or an array as `read_picture` takes it.
      spec: the rule.
      order: of the channels of an array; files say it themselves.

    Returns:
      uint8 [size, size, 3], RGB.

    Raises:
      InputError: no picture, damaged, or too large; one line that says which file and why.
    """
    return fit(read_picture(source, order, partial(halvings_of, spec=spec)), spec)


def read_picture(
    source: Source, order: Order = "rgb", halvings: Callable[[int, int], int] = lambda width, height: 0
) -> Pixels:
    """A picture, upright, in RGB of 8 bits, on white.

    Args:
      source: a file's path, its bytes, or an array: uint8 [height, width], or [height, width, 1, 3 or 4].
      order: of the channels of an array: OpenCV's own frames are "bgr".
      halvings: by width and height, how many times to halve it while it is read. Pictures that do not fit into the
        memory's limit otherwise are halved more often where the format allows it (JPEG).

    Returns:
      uint8 [height, width, 3].

    Raises:
      InputError: no picture, damaged, or too large; one line that says which file and why.
    """
    try:
        if isinstance(source, np.ndarray):
            array = check_array(source)
            return _converted(array, order, False, halvings(array.shape[1], array.shape[0]))
        if isinstance(source, bytes):
            return _from_bytes(source, halvings)
        return _from_bytes(read_bytes(Path(source)), halvings)
    except NotReadable as error:
        raise InputError(f"{_name(source)}: {error}") from error


def model_input(picture: Pixels, spec: PictureSpec) -> npt.NDArray[np.float32]:
    """The values that a model reads: (value - mean) / scale, computed in 64 bits and rounded once.

    Args:
      picture: uint8 [..., 3], RGB.
      spec: the rule.
    """
    table = ((np.arange(256) - spec.mean) / spec.scale).astype(np.float32)
    return table[picture if spec.order == "rgb" else picture[..., ::-1]]


def _from_bytes(data: bytes, halvings: Callable[[int, int], int]) -> Pixels:
    header = read_header(data)
    times = halvings(header.width, header.height)
    # The last halving is never the decoder's: its filter differs.
    decoded = max(min(times - 1, MAX_SHRINK), least_shrink(header, len(data)), 0) if header.shrinks else 0
    pixels = decode_picture(data, header, decoded)
    picture = _converted(pixels, "bgr", header.premultiplied, max(times - decoded, 0))
    return np.ascontiguousarray(upright(picture, header.orientation))


def _converted(pixels: npt.NDArray[Any], order: Order, premultiplied: bool, times: int) -> Pixels:
    """To RGB and smaller, some rows at a time."""
    block = 1 << times
    height, width = pixels.shape[0] // block, pixels.shape[1] // block
    rows = max(1, _STRIPE_PIXELS // (pixels.shape[1] * block))
    found = np.empty((height, width, 3), np.uint8)
    for start in range(0, height, rows):
        stripe = pixels[start * block : min(start + rows, height) * block]
        found[start : start + rows] = halve(to_rgb8(stripe, order, premultiplied), times)
    return found


def _name(source: Source) -> str:
    if isinstance(source, np.ndarray):
        return "picture"
    return "picture of bytes" if isinstance(source, bytes) else os.fspath(source)
