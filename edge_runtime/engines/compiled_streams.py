"""Streams through a `CompiledModel`: states that swap buffers without a copy."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array, OpenModel, Stream
from edgernn.edge_runtime.engines.native_buffers import ReadInto, Write, reader, runner, writer
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, SignatureSpec, StateSpec, TensorSpec


class OpenCompiledModel(OpenModel):
    """A loaded `CompiledModel` and its buffers."""

    def __init__(self, native: Any, execution: ExecutionSpec) -> None:
        self._native = native
        self._states = execution.states
        try:
            self._signatures = [CompiledSignature.prepare(native, signature) for signature in execution.signatures]
        except (RuntimeError, KeyError) as error:
            raise RuntimeUnavailable(
                f"the model's signatures are not those that its manifest names: {error}"
            ) from error

        # Never written again: the states that every stream begins with.
        self._zeros = _state_buffers(native, self._signatures[0].name, execution.states)
        for spec in execution.states:
            self._zeros[spec.name].write(np.zeros(spec.shape, spec.dtype))

    def stream(self) -> Stream:
        """See base."""
        return _CompiledModelStream(self._native, self._signatures, self._states, self._zeros)


def _state_buffers(native: Any, signature: str, states: tuple[StateSpec, ...]) -> dict[str, Any]:
    return {state.name: native.create_input_buffer_by_name(signature, state.name) for state in states}


@dataclass(frozen=True)
class CompiledSignature:
    """A signature's buffers, made once; those of states and memory are the streams' own.

    Attributes:
      name: of the signature.
      index: of the signature.
      steps: that one call takes.
      order: names of its inputs and of its outputs, in the order of the native call.
      own: the buffers of what is no state, by name, for inputs and for outputs.
      writes: name, writing function and dtype of each input.
      reads: name, reading function, number of elements, dtype and shape of each output.
    """

    name: str
    index: int
    steps: int
    order: tuple[list[str], list[str]]
    own: tuple[dict[str, Any], dict[str, Any]]
    writes: tuple[tuple[str, Write, np.dtype[Any]], ...]
    reads: tuple[tuple[str, ReadInto, int, np.dtype[Any], tuple[int, ...]], ...]

    @classmethod
    def prepare(cls, native: Any, signature: SignatureSpec) -> CompiledSignature:
        """Makes the buffers of a signature of a `CompiledModel`."""
        name = signature.name
        order = native.get_signature_list()[name]
        inputs = {t.name: native.create_input_buffer_by_name(name, t.name) for t in signature.inputs}
        outputs = {t.name: native.create_output_buffer_by_name(name, t.name) for t in signature.outputs}
        return cls(
            name=name,
            index=native.get_signature_index(name),
            steps=signature.steps,
            order=(order["inputs"], order["outputs"]),
            own=(inputs, outputs),
            writes=tuple(
                (t.name, writer(inputs[t.name], np.dtype(t.dtype)), np.dtype(t.dtype)) for t in signature.inputs
            ),
            reads=tuple((t.name, reader(outputs[t.name], np.dtype(t.dtype)), *extent_of(t)) for t in signature.outputs),
        )

    def write(self, inputs: Mapping[str, Array]) -> None:
        """Fills the inputs."""
        for name, write, dtype in self.writes:
            array = inputs[name]
            write(array if array.dtype == dtype else array.astype(dtype))

    def outputs(self) -> dict[str, Array]:
        """Copies of the outputs."""
        found = {}
        for name, read, size, dtype, shape in self.reads:
            array = np.empty(size, dtype)
            read(array)
            found[name] = array.reshape(shape)
        return found

    def arguments(self, current: dict[str, Any], following: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        """The native call's buffers: states are read from `current` and written to `following`."""
        inputs, outputs = self.own
        return (
            [inputs[name] if name in inputs else current[name] for name in self.order[0]],
            [outputs[name] if name in outputs else following[name] for name in self.order[1]],
        )


class _CompiledModelStream(Stream):
    """Two buffers a state: each call reads one set and writes the other, and the next call changes their roles.

    A stream that begins reads the model's zeros instead, which no call writes. Signatures of many steps always read
    the first set and write the second, with a copy between: XNNPACK visits each of its operators when it is given other
    buffers than for the last call, which for hundreds of them takes longer than to copy a state.
    """

    _BEGINS = 2
    # Microseconds on the machine where this was chosen: a copy 1.6 a state, other buffers 0.1 to 0.4 a step and state.
    _COPIES_FROM_STEPS = 16

    def __init__(
        self, native: Any, signatures: list[CompiledSignature], states: tuple[StateSpec, ...], zeros: dict[str, Any]
    ) -> None:
        self._run, self._handle = runner(native)
        self._signatures = signatures
        self._specs = states
        first = signatures[0].name
        self._sets = (
            _state_buffers(native, first, states),
            {s.name: native.create_output_buffer_by_name(first, s.name) for s in states},
            zeros,
        )
        # Which set holds the states: 0 or 1, or 2 before the first call.
        self._phase = self._BEGINS
        # By signature and phase, made when they are first needed.
        self._arguments: dict[tuple[int, int], tuple[list[Any], list[Any]]] = {}
        self._extents = tuple((s.name, *extent_of(s)) for s in states)
        home, other, _ = self._sets
        # Reads, writes, and what lies between them; zeros.
        self._moves: tuple[tuple[ReadInto, Write, Array, Array], ...] = tuple(
            (reader(other[name], dtype), writer(home[name], dtype), np.zeros(size, dtype), np.zeros(size, dtype))
            for name, size, dtype, _ in self._extents
        )

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        called = self._signatures[signature]
        called.write(inputs)
        if self._phase and called.steps >= self._COPIES_FROM_STEPS:
            self._bring_home()
        phase = self._phase
        following = 1 if phase == 0 else 0
        arguments = self._arguments.get((signature, phase))
        if arguments is None:
            inputs_, outputs = called.arguments(self._sets[phase], self._sets[following])
            arguments = [self._handle(b) for b in inputs_], [self._handle(b) for b in outputs]
            self._arguments[signature, phase] = arguments
        try:
            self._run(called.index, *arguments)
        except RuntimeError as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        self._phase = following

    def outputs(self, signature: int) -> dict[str, Array]:
        return self._signatures[signature].outputs()

    def _bring_home(self) -> None:
        begins = self._phase == self._BEGINS
        for read, write, between, zeros in self._moves:
            if begins:
                write(zeros)
            else:
                read(between)
                write(between)
        self._phase = 0

    def states(self) -> dict[str, Array]:
        current = self._sets[self._phase]
        return {name: current[name].read(size, dtype.type).reshape(shape) for name, size, dtype, shape in self._extents}

    def reset(self) -> None:
        self._phase = self._BEGINS

    def set_states(self, states: Mapping[str, Array]) -> None:
        self._phase = 0
        current = self._sets[0]
        for spec in self._specs:
            current[spec.name].write(np.ascontiguousarray(states[spec.name], dtype=spec.dtype))


def extent_of(spec: TensorSpec | StateSpec) -> tuple[int, np.dtype[Any], tuple[int, ...]]:
    """Number of elements, dtype and shape of a tensor whose sizes are all known."""
    shape = tuple(int(size or 0) for size in spec.shape)
    return math.prod(shape), np.dtype(spec.dtype), shape
