"""Reads the tensors of a PyTorch file of weights, without PyTorch and without running anything that it says.

The layout is the one that `torch.save` wrote up to version 1.5: five pickles (a magic number, the version, facts of the
machine, the tensors' names and shapes, the keys of their storages), then each storage as a count and its values.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_MAX_BYTES = 512 * 1024 * 1024
_MOST_AXES = 8
# Names that stand for numbers' types. They are texts here, which nothing can call.
_STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: str
    count: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Names(dict[str, Any]):
    """Stands for an ordered dictionary; what a pickle wants to set on it is dropped."""

    def __setstate__(self, state: object) -> None:
        """Its only known content is a version of each layer."""


class _Rebuild:
    """Stands for the function that makes a tensor: it only notes the facts."""

    __slots__ = ()

    def __call__(self, storage: object, offset: object, shape: object, strides: object, *_: object) -> _Tensor:
        whole = isinstance(shape, tuple) and isinstance(strides, tuple) and _are_counts((offset, *shape, *strides))
        if not isinstance(storage, _Storage) or not whole or len(shape) != len(strides) or len(shape) > _MOST_AXES:  # type: ignore[arg-type]
            raise pickle.UnpicklingError("a tensor's shape is not as expected")
        return _Tensor(storage, offset, shape, strides)  # type: ignore[arg-type]

    def __setstate__(self, state: object) -> NoReturn:
        """Nothing may be set on it."""
        raise pickle.UnpicklingError("sets something on a function")


_ALLOWED: dict[tuple[str, str], object] = {
    ("collections", "OrderedDict"): _Names,
    ("torch._utils", "_rebuild_tensor_v2"): _Rebuild(),
    **{("torch", name): dtype for name, dtype in _STORAGES.items()},
}


class _Reader(pickle.Unpickler):
    """Knows the four names above, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"asks for {module}.{name}, which is not allowed")
        return _ALLOWED[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _, count, *view = pid
        known = kind == "storage" and dtype in _STORAGES.values() and isinstance(key, str) and _are_counts((count,))
        if not known or any(one is not None for one in view):
            raise pickle.UnpicklingError("a storage is not as expected")
        return _Storage(key, dtype, count)


def read_torch_file(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The tensors by name, float32 or int64, each in memory of its own.

    Raises:
      InputError: it is no such file, asks for anything but tensors, or its sizes do not agree.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: larger than {_MAX_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    try:
        return _tensors(data)
    except Exception as error:  # a pickle can fail in any way
        raise InputError(f"{path}: no file of PyTorch weights that is read here: {error}") from error


def _tensors(data: bytes) -> dict[str, npt.NDArray[Any]]:
    file = io.BytesIO(data)
    magic, version, _, names, keys = (_Reader(file).load() for _ in range(5))
    if magic != _MAGIC or version != _VERSION or not isinstance(names, _Names) or not isinstance(keys, list):
        raise ValueError("its beginning is not as expected")
    tensors = {name: tensor for name, tensor in names.items() if isinstance(tensor, _Tensor)}
    if len(tensors) < len(names):
        raise ValueError("it holds more than tensors")
    storages = _storages(data, file.tell(), keys, {t.storage.key: t.storage for t in tensors.values()})
    return {name: _array(tensor, storages[tensor.storage.key]) for name, tensor in tensors.items()}


def _storages(
    data: bytes, place: int, keys: Sequence[str], declared: dict[str, _Storage]
) -> dict[str, npt.NDArray[Any]]:
    found = {}
    for key in keys:
        storage = declared[key]
        dtype = np.dtype(storage.dtype)
        count = int.from_bytes(data[place : place + 8], "little", signed=True)
        end = place + 8 + count * dtype.itemsize
        if count != storage.count or end > len(data):
            raise ValueError("it is cut short, or its sizes do not agree")
        found[key] = np.frombuffer(data, dtype, count, place + 8)
        place = end
    if place != len(data):
        raise ValueError("something follows the tensors")
    return found


def _array(tensor: _Tensor, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The tensor's own order, out of its storage's."""
    last = tensor.offset + sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True))
    # A tensor that repeats values could claim any size.
    if 0 in tensor.shape or last >= len(values) or math.prod(tensor.shape) > len(values):
        raise ValueError("a tensor reaches beyond its values")
    steps = [step * values.itemsize for step in tensor.strides]
    return np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps, writeable=False).copy("C")


def _are_counts(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in values)
