"""Keras 2 (tf_keras) HDF5 files: their configuration names arguments that Keras 3 no longer knows."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from edgernn.convert.errors import ConversionError

_ATTRIBUTE = "model_config"


@contextmanager
def readable_by_keras_3(path: Path) -> Iterator[Path]:
    """`path` itself, or a copy of it within the block whose configuration Keras 3 understands.

    Raises:
      ConversionError: an argument has a value that Keras 3 cannot express.
    """
    if path.suffix.lower() not in (".h5", ".hdf5") or "time_major" not in (text := _config(path)):
        yield path
        return
    config = json.loads(text)
    _clean(config)
    with tempfile.TemporaryDirectory(prefix="edgernn-legacy-") as folder:
        import h5py

        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        with h5py.File(copy, "r+") as file:
            file.attrs[_ATTRIBUTE] = json.dumps(config)
        yield copy


def _config(path: Path) -> str:
    import h5py

    try:
        with h5py.File(path, "r") as file:
            value = file.attrs.get(_ATTRIBUTE, "")
    except OSError:
        return ""  # Keras will say what is wrong with it
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _clean(node: Any) -> None:
    if isinstance(node, list):
        for item in node:
            _clean(item)
    if not isinstance(node, dict):
        return
    if node.get("time_major"):
        raise ConversionError(
            f"{node.get('name', 'a layer')}: time_major=True has no counterpart in Keras 3: transpose the input instead"
        )
    node.pop("time_major", None)
    for value in node.values():
        _clean(value)
