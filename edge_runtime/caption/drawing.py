"""Captions on pictures, and where their words looked."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.caption.outcome import Look
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import write_bytes
from edgernn.edge_runtime.vision import Pixels
from edgernn.edge_runtime.vision.opencv import import_cv2

_TILE, _LABEL, _ACROSS = 224, 34, 6
_LEAST_WIDTH = 320
_BAND = 0.3
# A drawing, what it is made from and its file are in memory at once.
_MOST_PIXELS = 12_000_000


def halvings_to_draw(width: int, height: int) -> int:
    """How many times a picture is to be halved before it is drawn on; of up to 12 megapixels not at all."""
    return next(times for times in range(64) if width * height >> 2 * times <= _MOST_PIXELS)


def with_caption(picture: Pixels, text: str) -> Pixels:
    """A picture with a text on a dark band at its bottom.

    Args:
      picture: uint8 [height, width, 3], RGB; small ones are enlarged so that there is room.
      text: wrapped.

    Raises:
      InputError: OpenCV cannot draw a character of it.
    """
    cv2 = import_cv2()
    if picture.shape[1] < _LEAST_WIDTH:
        times = math.ceil(_LEAST_WIDTH / picture.shape[1])
        rows = min(picture.shape[0] * times, 4 * _LEAST_WIDTH)
        picture = cv2.resize(picture, (picture.shape[1] * times, rows), interpolation=cv2.INTER_NEAREST)
    height, width = picture.shape[:2]
    pen = _Pen(max(16, min(height, width) // 16), text)
    lines = pen.wrapped(text, width - 2 * pen.size)
    band = (3 * len(lines) + 1) * pen.size // 2
    canvas = np.zeros((max(height, band), width, 3), np.uint8)
    canvas[:height] = picture
    canvas[-band:] = (canvas[-band:] * _BAND).astype(np.uint8)
    for number, line in enumerate(lines):
        pen.write(canvas, line, pen.size, len(canvas) - band + (3 * number + 3) * pen.size // 2 - pen.size // 4)
    return canvas


def attention_tiles(picture: Pixels, looks: Sequence[Look]) -> Pixels:
    """A tile for each word: the picture with what the word looked at, and the word under it; the first is plain.

    Args:
      picture: as the model sees it, uint8 [size, size, 3], RGB.
      looks: of one caption; the most that a place got is the hottest in all tiles.

    Raises:
      InputError: OpenCV cannot draw a character of a word.
    """
    cv2 = import_cv2()
    plain = cv2.resize(picture, (_TILE, _TILE), interpolation=cv2.INTER_LINEAR)
    pen = _Pen(20, " ".join(one.word for one in looks))
    most = max((float(one.weights.max()) for one in looks), default=0.0) or 1.0
    tiles = [_tile(plain, "", pen)]
    tiles += [_tile(_heated(plain, one.weights / most), one.word, pen) for one in looks]
    across = min(_ACROSS, len(tiles))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % across)
    rows = [np.concatenate(tiles[start : start + across], axis=1) for start in range(0, len(tiles), across)]
    return np.concatenate(rows)


def write_picture(path: str | os.PathLike[str], picture: Pixels) -> None:
    """Writes RGB as a file whose name ends in .png or .jpg, whole or not at all.

    Raises:
      InputError: the name ends otherwise, or the file cannot be written.
    """
    cv2 = import_cv2()
    suffix = Path(path).suffix.lower()
    if suffix not in (".png", ".jpg", ".jpeg"):
        raise InputError(f"{path}: pictures are written as .png or .jpg")
    _, data = cv2.imencode(suffix, np.ascontiguousarray(picture[..., ::-1]))
    write_bytes(path, data.tobytes())


def _heated(plain: Pixels, weights: Any) -> Pixels:
    """Weights are of 0 to 1, [rows, columns]."""
    cv2 = import_cv2()
    smooth = cv2.resize(weights.astype(np.float32), (_TILE, _TILE), interpolation=cv2.INTER_CUBIC).clip(0.0, 1.0)
    colours = cv2.applyColorMap((smooth * 255).astype(np.uint8), cv2.COLORMAP_JET)[..., ::-1]
    found: Pixels = (0.55 * plain + 0.45 * colours).astype(np.uint8)
    return found


def _tile(picture: Pixels, word: str, pen: _Pen) -> Pixels:
    tile = np.zeros((_TILE + _LABEL, _TILE, 3), np.uint8)
    tile[:_TILE] = picture
    if word:
        line = pen.wrapped(word, _TILE - 8)[0]
        pen.write(tile, line, (_TILE - pen.width(line)) // 2, _TILE + 24)
    return tile


class _Pen:
    """Writes in white: OpenCV 5 in many scripts, by its own fonts; before, in ASCII.

    Args:
      size: of the letters, pixels.
      text: that is to be written.

    Raises:
      InputError: it has a character that cannot be drawn.
    """

    def __init__(self, size: int, text: str) -> None:
        self._cv2 = import_cv2()
        self.size = size
        self._font = self._cv2.FontFace("sans") if hasattr(self._cv2, "FontFace") else None
        unknown = sorted({one for one in text if not (one.isascii() and one.isprintable()) and not self._draws(one)})
        if unknown:
            advice = "" if self._font else ": opencv-python-headless 5 knows more scripts"
            raise InputError(f"OpenCV {self._cv2.__version__} cannot draw {' '.join(unknown[:5])!r}{advice}")

    def width(self, text: str) -> int:
        """Pixels."""
        if self._font:
            return int(self._cv2.getTextSize((0, 0), text, (0, 0), self._font, self.size)[2])
        return int(self._cv2.getTextSize(text, 0, self.size / 30, self._thick())[0][0])

    def write(self, picture: Pixels, text: str, left: int, base: int) -> None:
        """Changes the picture."""
        white = (255, 255, 255)
        if self._font:
            self._cv2.putText(picture, text, (left, base), white, self._font, self.size)
        else:
            place, smooth = (left, base), self._cv2.LINE_AA
            self._cv2.putText(picture, text, place, 0, self.size / 30, white, self._thick(), smooth)

    def wrapped(self, text: str, width: int) -> list[str]:
        """Lines of at most so many pixels, one or more; words that are too long are cut."""
        lines = [""]
        for word in text.split():
            joined = f"{lines[-1]} {word}".strip()
            if self.width(joined) <= width:
                lines[-1] = joined
                continue
            rest = word
            while rest:
                count = _longest(rest, lambda part: self.width(part) <= width)
                lines.append(rest[:count])
                rest = rest[count:]
        return [line for line in lines if line] or [""]

    def _thick(self) -> int:
        return max(1, self.size // 16)

    def _draws(self, character: str) -> bool:
        """What OpenCV has no letter for becomes a question mark."""
        if not self._font:
            return False
        drawn = []
        for one in (character, "?"):
            canvas = np.zeros((60, 60, 3), np.uint8)
            self._cv2.putText(canvas, one, (10, 40), (255, 255, 255), self._font, 30)
            drawn.append(canvas)
        return bool((drawn[0] != drawn[1]).any())


def _longest(text: str, fits: Callable[[str], bool]) -> int:
    """Characters at the beginning that fit, one at least."""
    return next((count for count in range(len(text), 1, -1) if fits(text[:count])), 1)
