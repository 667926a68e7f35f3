"""Encoders and decoders through a `CompiledModel`: the memory stays in the buffers that the encoder has filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array, OpenModel, PairStream
from edgernn.edge_runtime.engines.compiled_streams import CompiledSignature, extent_of
from edgernn.edge_runtime.engines.native_buffers import ReadInto, Write, reader, runner, writer
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, StateSpec


class OpenCompiledPair(OpenModel):
    """A loaded `CompiledModel` with signatures of an encoder and of a decoder's step.

    Args:
      native: the `CompiledModel`.
      execution: mode `encode_step`.
    """

    def __init__(self, native: Any, execution: ExecutionSpec) -> None:
        self._native = native
        self._execution = execution
        try:
            self._signatures = [CompiledSignature.prepare(native, signature) for signature in execution.signatures]
        except (RuntimeError, KeyError) as error:
            raise RuntimeUnavailable(
                f"the model's signatures are not those that its manifest names: {error}"
            ) from error

    def stream(self) -> PairStream:
        """See base."""
        return _CompiledPairStream(self._native, self._signatures, self._execution)


class _States:
    """The states of so many rows in two sets of buffers: each step reads one set and writes the other."""

    def __init__(self, native: Any, signature: str, states: tuple[StateSpec, ...], rows: int) -> None:
        self.sets: tuple[dict[str, Any], dict[str, Any]] = (
            {state.name: native.create_input_buffer_by_name(signature, state.name) for state in states},
            {state.name: native.create_output_buffer_by_name(signature, state.name) for state in states},
        )
        extents = {s.name: extent_of(StateSpec(s.name, s.dtype, (rows, *s.shape[1:]))) for s in states}
        self._reads: list[list[tuple[str, ReadInto, int, Any, tuple[int, ...]]]] = [
            [(name, reader(buffers[name], extent[1]), *extent) for name, extent in extents.items()]
            for buffers in self.sets
        ]
        self._writes: dict[str, tuple[Write, Any]] = {
            name: (writer(self.sets[0][name], extent[1]), extent[1]) for name, extent in extents.items()
        }
        self._zeros = {name: np.zeros(extent[2], extent[1]) for name, extent in extents.items()}
        for name in extents:
            self.write_zeros(name)

    def read(self, phase: int) -> dict[str, Array]:
        """Copies of one set."""
        found = {}
        for name, read, size, dtype, shape in self._reads[phase]:
            array = np.empty(size, dtype)
            read(array)
            found[name] = array.reshape(shape)
        return found

    def write(self, name: str, array: Array) -> None:
        """Overwrites one state of the first set."""
        write, dtype = self._writes[name]
        write(np.ascontiguousarray(array, dtype=dtype))

    def write_zeros(self, name: str) -> None:
        """Sets one state of the first set to zero."""
        self._writes[name][0](self._zeros[name])


class _CompiledPairStream(PairStream):
    """See base. Buffers are made when they are first needed: a memory for each size, states for each number of rows."""

    def __init__(self, native: Any, signatures: list[CompiledSignature], execution: ExecutionSpec) -> None:
        self._native = native
        self._run, self._handle = runner(native)
        self._signatures = signatures
        self._execution = execution
        self._memories: dict[int, dict[str, Any]] = {}
        self._by_rows: dict[int, _States] = {}
        self._rows = 1
        # Which of the two sets holds the states.
        self._phase = 0
        self._arguments: dict[tuple[int, int], tuple[list[Any], list[Any]]] = {}

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        spec, called = self._execution.signatures[signature], self._signatures[signature]
        called.write(inputs)
        encodes = spec.part == "encode"
        if encodes:
            self._begin()
        elif spec.rows != self._rows:
            raise RuntimeUnavailable(f"{spec.name} takes states of {spec.rows} rows, and there are {self._rows}")
        arguments = self._arguments.get((signature, self._phase))
        if arguments is None:
            arguments = self._make_arguments(signature, encodes)
            self._arguments[signature, self._phase] = arguments
        try:
            self._run(called.index, *arguments)
        except RuntimeError as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        if not encodes:
            self._phase = 1 - self._phase

    def outputs(self, signature: int) -> dict[str, Array]:
        return self._signatures[signature].outputs()

    def states(self) -> dict[str, Array]:
        return self._states_of(self._rows).read(self._phase)

    def reset(self) -> None:
        self._rows, self._phase = 1, 0
        states = self._states_of(1)
        for state in self._execution.states:
            states.write_zeros(state.name)

    def set_states(self, states: Mapping[str, Array]) -> None:
        rows = next(iter(states.values())).shape[0] if states else 1
        buffers = self._states_of(rows)
        for state in self._execution.states:
            buffers.write(state.name, states[state.name])
        self._rows, self._phase = rows, 0

    def _begin(self) -> None:
        """One row, whose states the encoder is about to write; the others are zero."""
        self._rows, self._phase = 1, 0
        states = self._states_of(1)
        for state in self._execution.states:
            if state.name not in self._execution.first_states:
                states.write_zeros(state.name)

    def _make_arguments(self, signature: int, encodes: bool) -> tuple[list[Any], list[Any]]:
        memory = self._memory_of(self._execution.signatures[signature].steps)
        sets = self._states_of(self._rows).sets
        current, following = sets[self._phase], sets[1 - self._phase]
        given = ({}, {**memory, **current}) if encodes else ({**memory, **current}, following)
        inputs, outputs = self._signatures[signature].arguments(*given)
        return [self._handle(buffer) for buffer in inputs], [self._handle(buffer) for buffer in outputs]

    def _memory_of(self, steps: int) -> dict[str, Any]:
        if steps not in self._memories:
            name = next(s.name for s in self._execution.signatures if s.part == "encode" and s.steps == steps)
            self._memories[steps] = {
                tensor.name: self._native.create_output_buffer_by_name(name, tensor.name)
                for tensor in self._execution.memory
            }
        return self._memories[steps]

    def _states_of(self, rows: int) -> _States:
        if rows not in self._by_rows:
            name = next(s.name for s in self._execution.signatures if s.part == "step" and s.rows == rows)
            self._by_rows[rows] = _States(self._native, name, self._execution.states, rows)
        return self._by_rows[rows]
