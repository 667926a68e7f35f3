"""The shortest way from NumPy to a `CompiledModel` and back.

ai-edge-litert's own `TensorBuffer.write` and `read` check and look up, for several microseconds a call, what does not
change between two calls with the same buffer. Here that is done once. Where a version of the package lacks the native
functions behind them, the public methods serve.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array

Write = Callable[[Array], None]
ReadInto = Callable[[Array], None]
RunByIndex = Callable[[int, list[Any], list[Any]], None]


def writer(buffer: Any, dtype: np.dtype[Any]) -> Write:
    """What copies an array of this dtype, and of as many elements as the buffer holds, into a `TensorBuffer`."""
    native, capsule, name = _native("WriteTensorBuffer"), buffer.capsule, dtype.name
    if native is None:
        return lambda array: buffer.write(array)
    return lambda array: native(capsule, array.reshape(-1), name)


def reader(buffer: Any, dtype: np.dtype[Any]) -> ReadInto:
    """What copies a `TensorBuffer` into a flat array of this dtype that holds all of its elements."""
    native, capsule, name = _native("ReadTensorToBuffer"), buffer.capsule, dtype.name
    if native is None:
        return lambda array: np.copyto(array, buffer.read(array.size, dtype.type))
    return lambda array: native(capsule, array, name)


def runner(model: Any) -> tuple[RunByIndex, Callable[[Any], Any]]:
    """What runs a signature of a `CompiledModel`, and what turns a `TensorBuffer` into what it takes."""
    native = getattr(getattr(model, "_model", None), "RunByIndex", None)
    if native is None:
        return model.run_by_index, lambda buffer: buffer
    return native, lambda buffer: buffer.capsule


def _native(name: str) -> Any:
    from ai_edge_litert import tensor_buffer

    return getattr(getattr(tensor_buffer, "_tb", None), name, None)
