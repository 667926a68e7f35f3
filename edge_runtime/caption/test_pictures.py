"""The pictures that a training leaves beside its model: for the conversion to measure on and to calibrate with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.vision.resize import Pixels


@dataclass(frozen=True)
class TestPictures:
    """Pictures in the model's size.

    Attributes:
      pictures: uint8 [n, size, size, 3], RGB, n of 1 or more.
      references: for each what people say of it.
      names: for each its file's name, or "".
    """

    __test__ = False  # for pytest, which takes it for tests

    pictures: Pixels
    references: list[list[str]]
    names: list[str]


def read_test_pictures(folder: Path, name: str) -> TestPictures:
    """Reads `NAME.npz` (array "pictures") and `NAME.jsonl` ({"references": [...], "name": ...}, a line for each).

    Args:
      folder: that holds them: a training's folder, or its folder `data`.
      name: "test" or "calibration".

    Raises:
      InputError: a file is missing or not that; one line that says which and where.
    """
    place = folder / "data" if (folder / "data").is_dir() else folder
    pictures = _pictures(place / f"{name}.npz")
    path = place / f"{name}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    found = [_line(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(found) != len(pictures):
        raise InputError(f"{path}: {len(found)} lines for {len(pictures)} pictures in {name}.npz: train again")
    return TestPictures(pictures, [texts for texts, _ in found], [known for _, known in found])


def _pictures(path: Path) -> Pixels:
    try:
        with np.load(path, allow_pickle=False) as archive:
            pictures: Pixels = archive["pictures"]
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: no pictures can be read from it ({error}): train again") from error
    except Exception as error:  # zipfile and zlib have errors of their own
        raise InputError(f"{path}: damaged ({error}): train again") from error
    square = pictures.ndim == 4 and len(pictures) and pictures.shape[1] == pictures.shape[2] > 0
    if pictures.dtype != np.uint8 or not square or pictures.shape[3] != 3:
        raise InputError(f"{path}: expected uint8 [n, size, size, 3], found {pictures.dtype} {list(pictures.shape)}")
    return pictures


def _line(path: Path, number: int, line: str) -> tuple[list[str], str]:
    try:
        record = json.loads(line)
        texts, name = record["references"], record.get("name", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f'{path} line {number}: expected {{"references": [...]}}: {error!r}') from error
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise InputError(f"{path} line {number}: references must be texts, one or more")
    return texts, str(name)
