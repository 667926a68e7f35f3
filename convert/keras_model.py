"""Loads a Keras file in the child process and describes its inputs and outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from edgernn.convert.errors import ConversionError
from edgernn.convert.full_precision import in_float32
from edgernn.convert.graph.walk import functional_of
from edgernn.convert.legacy import readable_by_keras_3
from edgernn.convert.refusals import refusals
from edgernn.edge_runtime.spec.tensors import TensorSpec

_DTYPES = ("float32", "int32", "int64", "bool")


def load_keras(path: str) -> Any:
    """Loads a `.keras` or `.h5` file without running code that it carries.

    Raises:
      ConversionError: it cannot be loaded.
    """
    if reasons := refusals(Path(path)):
        raise ConversionError(reasons)
    try:
        with readable_by_keras_3(Path(path)) as file:
            return in_float32(keras.saving.load_model(file, compile=False, safe_mode=True))
    except ConversionError:
        raise
    except Exception as error:  # Keras raises whatever the damaged file provokes
        why = " ".join(str(error).split())[:400]
        raise ConversionError(f"{Path(path).name} cannot be loaded by Keras {keras.__version__}: {why}") from error


def describe_inputs(model: Any, batch: int = 1) -> tuple[TensorSpec, ...]:
    """The model's inputs by name, for so many sequences at once."""
    return tuple(_describe(tensor.name, tensor, batch) for tensor in functional_of(model).inputs)


def describe_outputs(model: Any, batch: int = 1) -> tuple[TensorSpec, ...]:
    """The model's outputs, each named after the layer that makes it."""
    tensors = functional_of(model).outputs
    names: list[str] = []
    for tensor in tensors:
        name, number = tensor._keras_history.operation.name, 2
        base = name
        while name in names:
            name, number = f"{base}_{number}", number + 1
        names.append(name)
    return tuple(_describe(name, tensor, batch) for name, tensor in zip(names, tensors, strict=True))


def _describe(name: str, tensor: Any, batch: int) -> TensorSpec:
    dtype = str(tensor.dtype)
    if dtype not in _DTYPES:
        raise ConversionError(f"{name}: dtype {dtype} is not supported: use one of {', '.join(_DTYPES)}")
    return TensorSpec(name, dtype, (batch, *tensor.shape[1:]))  # type: ignore[arg-type]
