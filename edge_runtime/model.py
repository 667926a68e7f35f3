"""A loaded bundle: arrays in, arrays out."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import Array, open_model
from edgernn.edge_runtime.engines.base import zero_states
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.plan import chunk_plan, whole_plan
from edgernn.edge_runtime.spec.manifest import Manifest
from edgernn.edge_runtime.spec.tensors import TensorSpec


class Model:
    """Any bundle. Tasks derive from it.

    Calls are safe from several threads: they run one after another. The weights are loaded once.

    Args:
      bundle: read and checked.
      threads: that one call may use, 1 or more.
      engine: a name out of `edgernn doctor`, or None for the best.
    """

    def __init__(self, bundle: Bundle, threads: int = 1, engine: str | None = None) -> None:
        if threads < 1:
            raise InputError(f"threads must be 1 or more, not {threads}")
        self._bundle = bundle
        self._execution = bundle.manifest.execution
        self._sizes = [signature.steps for signature in self._execution.signatures]
        self._opened, self._engine = open_model(bundle.model, self._execution, threads, engine)
        self._stream = self._opened.stream()
        self._lock = threading.Lock()

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self._bundle.manifest

    @property
    def bundle(self) -> Bundle:
        """The file's content."""
        return self._bundle

    @property
    def engine(self) -> str:
        """Name of the engine that runs it."""
        return self._engine

    def run(
        self, inputs: Mapping[str, npt.ArrayLike], states: Mapping[str, npt.ArrayLike] | None = None
    ) -> dict[str, Array]:
        """Computes the model for one example.

        Args:
          inputs: by the Keras input names, shaped as in Keras with a batch axis of 1; any length where
            Keras had None.
          states: to start from, all of those that `manifest.execution.states` names; zeros when None.

        Returns:
          The outputs by name, in Keras's order, float32 (or the integer type that the model gives).

        Raises:
          InputError: a name, shape, dtype or length does not fit; all faults are named.
        """
        arrays = check_inputs(inputs, self.manifest.inputs)
        start = zero_states(self._execution.states)
        if states is not None:
            start = check_inputs(states, tuple(TensorSpec(s.name, s.dtype, s.shape) for s in self._execution.states))
        with self._lock:
            return self._run_checked(arrays, start)

    def _run_checked(self, arrays: dict[str, Array], start: dict[str, Array]) -> dict[str, Array]:
        if self._sizes[0] == 0:
            return self._run_once(arrays)
        length = self._length(arrays)
        if self._execution.mode == "whole":
            return self._run_whole(arrays, length)
        return self._run_chunked(arrays, length, start)

    def _length(self, arrays: dict[str, Array]) -> int:
        lengths = {name: int(arrays[name].shape[1]) for name in self._execution.sequence_inputs}
        if len(set(lengths.values())) > 1:
            raise InputError(f"sequence inputs differ in length: {lengths}")
        length = next(iter(lengths.values()), 0)
        if lengths and length < 1:
            raise InputError(f"sequence input {next(iter(lengths))!r} is empty: at least one step is needed")
        return length

    def _run_once(self, arrays: dict[str, Array]) -> dict[str, Array]:
        for name in self._execution.sequence_inputs:
            if arrays[name].shape[1] < 1:
                raise InputError(f"sequence input {name!r} is empty: at least one step is needed")
        self._stream.run(0, arrays)
        outputs = self._stream.outputs(0)
        return {tensor.name: outputs[tensor.name] for tensor in self.manifest.outputs}

    def _run_chunked(self, arrays: dict[str, Array], length: int, start: dict[str, Array]) -> dict[str, Array]:
        stream, sequences = self._stream, self._execution.sequence_outputs
        stream.set_states(start)
        parts: dict[str, list[Array]] = {name: [] for name in sequences}
        outputs: dict[str, Array] = {}
        pieces = chunk_plan(length, self._sizes)
        for piece in pieces:
            stream.run(piece.signature, self._slice(arrays, piece.start, piece.stop))
            if sequences or piece is pieces[-1]:
                outputs = stream.outputs(piece.signature)
                for name in sequences:
                    parts[name].append(outputs[name])
        joined = {name: np.concatenate(pieces_, axis=1) for name, pieces_ in parts.items()}
        return {t.name: joined.get(t.name, outputs[t.name]) for t in self.manifest.outputs}

    def _run_whole(self, arrays: dict[str, Array], length: int) -> dict[str, Array]:
        piece = whole_plan(length, self._sizes)
        steps = self._sizes[piece.signature]
        inputs: dict[str, Any] = {name: self._pad(name, array, steps) for name, array in arrays.items()}
        self._stream.run(piece.signature, inputs)
        outputs = self._stream.outputs(piece.signature)
        cut = self._execution.sequence_outputs
        return {
            t.name: outputs[t.name][:, :length] if t.name in cut else outputs[t.name] for t in self.manifest.outputs
        }

    def _slice(self, arrays: dict[str, Array], start: int, stop: int) -> dict[str, Array]:
        sequences = self._execution.sequence_inputs
        return {name: array[:, start:stop] if name in sequences else array for name, array in arrays.items()}

    def _pad(self, name: str, array: Array, steps: int) -> Array:
        missing = steps - array.shape[1] if name in self._execution.sequence_inputs else 0
        if missing <= 0:
            return array
        return np.pad(array, [(0, 0), (0, missing)] + [(0, 0)] * (array.ndim - 2))


def check_inputs(inputs: Mapping[str, npt.ArrayLike], specs: tuple[TensorSpec, ...]) -> dict[str, Array]:
    """Turns what the caller passed into arrays of the declared dtypes.

    Raises:
      InputError: naming every fault at once.
    """
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
    return len(shape) == len(expected) and all(e in (None, s) for s, e in zip(shape, expected, strict=True))


def _shape_text(shape: tuple[int | None, ...]) -> str:
    return "[" + ", ".join("any" if size is None else str(size) for size in shape) + "]"
