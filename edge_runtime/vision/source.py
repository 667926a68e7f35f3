"""A picture's bytes, or a user's array, checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.vision.header import NotReadable
from edgernn.edge_runtime.vision.limits import MAX_FILE_BYTES, MAX_PIXELS

_FORMS = "expected uint8 [height, width], or [height, width, channels] of 1, 3 (RGB) or 4 (RGBA)"


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
      InputError: there is none, it cannot be read, or it is too large.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder: name a picture")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"{path}: larger than {MAX_FILE_BYTES // 1_000_000} MB: make it smaller")
    return data


def check_array(array: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The array itself.

    Raises:
      NotReadable: its type or shape is not a picture's.
    """
    shaped = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (1, 3, 4))
    if array.dtype != np.uint8 or not shaped:
        raise NotReadable(f"an array of {array.dtype} {list(array.shape)}: {_FORMS}")
    if not 0 < array.shape[0] * array.shape[1] <= MAX_PIXELS:
        raise NotReadable(f"an array of {list(array.shape)}: it is empty, or has too many pixels")
    return array
