"""Turns what a caller passed into the arrays that a model takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.engines import Array
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.tensors import DType, ExecutionSpec, TensorSpec

# Found by name once: a comparison with the name itself takes longer than all else here.
_DTYPES = {name: np.dtype(name) for name in get_args(DType)}


def state_specs(execution: ExecutionSpec) -> tuple[TensorSpec, ...]:
    """The states as tensors that can be checked."""
    return tuple(TensorSpec(state.name, state.dtype, state.shape) for state in execution.states)


def check_inputs(inputs: Mapping[str, npt.ArrayLike], specs: tuple[TensorSpec, ...]) -> dict[str, Array]:
    """Turns what the caller passed into arrays of the declared dtypes.

    Raises:
      InputError: naming every fault at once.
    """
    if (exact := _exact(inputs, specs)) is not None:
        return exact
    names = [spec.name for spec in specs]
    inputs = _named_by_order(inputs, names)
    faults = [f"unknown input {name!r}" for name in inputs if name not in names]
    arrays: dict[str, Array] = {}
    for spec in specs:
        if spec.name not in inputs:
            faults.append(f"input {spec.name!r} is missing")
            continue
        array = _as_array(inputs[spec.name], spec, faults)
        if array is not None:
            arrays[spec.name] = array
    if faults:
        wanted = ", ".join(f"{s.name} {s.dtype}{_shape_text(s.shape)}" for s in specs)
        raise InputError(f"{'; '.join(faults)} (this bundle takes {wanted})")
    return arrays


def _exact(inputs: Mapping[str, npt.ArrayLike], specs: tuple[TensorSpec, ...]) -> dict[str, Array] | None:
    """The inputs themselves where they are arrays that need no conversion: the usual case, in a few comparisons."""
    if len(inputs) != len(specs):
        return None
    arrays: dict[str, Array] = {}
    for spec in specs:
        array = inputs.get(spec.name)
        if (
            not isinstance(array, np.ndarray)
            or array.dtype != _DTYPES[spec.dtype]
            or not _fits(array.shape, spec.shape)
        ):
            return None
        arrays[spec.name] = array
    return arrays


# Names that Keras makes up for inputs that were given none. They change when a model is saved and loaded.
_MADE_UP = re.compile(r"(keras_tensor|input_layer|input)(_\d+)?")


def _named_by_order(inputs: Mapping[str, npt.ArrayLike], names: list[str]) -> Mapping[str, npt.ArrayLike]:
    """Gives arrays under made-up names the made-up names that are left, in order, where there are as many."""
    strange = [name for name in inputs if name not in names]
    left = [name for name in names if name not in inputs]
    if not strange or len(strange) != len(left) or not all(map(_MADE_UP.fullmatch, [*strange, *left])):
        return inputs
    renamed = dict(zip(strange, left, strict=True))
    return {renamed.get(name, name): value for name, value in inputs.items()}


def _as_array(value: npt.ArrayLike, spec: TensorSpec, faults: list[str]) -> Array | None:
    array = np.asarray(value)
    if not _fits(array.shape, spec.shape):
        faults.append(f"input {spec.name!r} has shape {_shape_text(array.shape)}, expected {_shape_text(spec.shape)}")
        return None
    if not np.can_cast(array.dtype, np.dtype(spec.dtype), casting="same_kind"):
        faults.append(f"input {spec.name!r} has dtype {array.dtype}, expected {spec.dtype}")
        return None
    converted: Array = array.astype(spec.dtype)
    if array.dtype.kind in "iu" and not np.array_equal(converted, array):
        faults.append(f"input {spec.name!r} holds whole numbers beyond {spec.dtype}")
        return None
    return converted


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    if shape == expected:
        return True
    return len(shape) == len(expected) and all(e is None or e == s for s, e in zip(shape, expected, strict=True))


def _shape_text(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("any" if size is None else str(size) for size in shape) + "]"
