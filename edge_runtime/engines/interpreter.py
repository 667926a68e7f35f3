"""The classic TFLite `Interpreter`, from ai-edge-litert or from tflite-runtime."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import (
    Array,
    Engine,
    EngineOptions,
    OpenModel,
    Stream,
    zero_states,
)
from edgernn.edge_runtime.engines.gpu_shield import keep_gpu_out
from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, StateSpec


class InterpreterEngine(Engine):
    """One class for both packages: their `Interpreter` has the same interface.

    Args:
      name: the engine's name.
      package: distribution that brings it.
      module: module that holds `Interpreter`.
      install: what to type where it is missing.
    """

    def __init__(self, name: str, package: str, module: str, install: str) -> None:
        self.name = name
        self.package = package
        self.merit = "works; every signature packs its own copy of the weights"
        self._module = module
        self._install = install

    def refusal(self) -> tuple[str, str] | None:
        """See base."""
        if not has_module(self._module):
            return f"{self.package} is not installed", self._install
        if self.package == "tflite-runtime" and int(np.__version__.split(".")[0]) >= 2:
            return f"tflite-runtime needs NumPy 1, and NumPy {np.__version__} is installed", 'pip install "numpy<2"'
        return None

    def open(self, model: bytes, execution: ExecutionSpec, options: EngineOptions) -> OpenModel:
        """See base."""
        opened: OpenModel
        try:
            with quiet_native_logs():
                if self.package == "ai-edge-litert":
                    # Not needed here: a `CompiledModel` may come later, and then it is too late.
                    with contextlib.suppress(RuntimeError):
                        keep_gpu_out()
                interpreter = importlib.import_module(self._module).Interpreter
                make = partial(interpreter, model_content=model, num_threads=options.threads)
                dynamic = execution.mode == "dynamic"
                opened = _OpenDynamic(make, execution) if dynamic else _OpenInterpreter(make(), execution)
        except (ImportError, RuntimeError, ValueError, KeyError) as error:
            first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            # The older runtime knows older operator versions only, which the converter can be asked to keep to.
            mend = ": convert it again with --target tflite-runtime" if "find op for builtin" in first_line else ""
            raise RuntimeUnavailable(f"{self.name} cannot load this model: {first_line}{mend}") from error
        return opened


class _OpenInterpreter(OpenModel):
    def __init__(self, native: Any, execution: ExecutionSpec) -> None:
        # The interpreter goes when nothing holds it, and the runners do not.
        self._native = native
        self._execution = execution
        self._only = _only_signature(native, execution)
        names = [] if self._only else [signature.name for signature in execution.signatures]
        self._runners = [native.get_signature_runner(name) for name in names]

    def stream(self) -> Stream:
        if self._execution.mode == "encode_step":
            from edgernn.edge_runtime.engines.interpreter_pairs import InterpreterPairStream

            return InterpreterPairStream(self._runners, self._execution)
        if self._only is not None:
            return _SingleSignatureStream(self._native, self._only, self._execution.states)
        return _InterpreterStream(self._runners, self._execution)


@dataclass(frozen=True)
class _Signature:
    """Where the tensors of a model's only signature are.

    Attributes:
      inputs: name, index and dtype of each, without the states.
      outputs: name and index of each, without the states.
      states: name, and index of the incoming and of the outgoing tensor, of each.
    """

    inputs: tuple[tuple[str, int, np.dtype[Any]], ...]
    outputs: tuple[tuple[str, int], ...]
    states: tuple[tuple[str, int, int], ...]


def _only_signature(native: Any, execution: ExecutionSpec) -> _Signature | None:
    """A file with one signature has one graph, and that is called without a runner's checks."""
    if len(execution.signatures) != 1:
        return None
    native.allocate_tensors()
    (signature,) = execution.signatures
    # The runner must not outlive this function: the interpreter is not called while one refers to it.
    runner = native.get_signature_runner(signature.name)
    inputs, outputs = runner.get_input_details(), runner.get_output_details()
    return _Signature(
        inputs=tuple((t.name, inputs[t.name]["index"], np.dtype(t.dtype)) for t in signature.inputs),
        outputs=tuple((t.name, outputs[t.name]["index"]) for t in signature.outputs),
        states=tuple((s.name, inputs[s.name]["index"], outputs[s.name]["index"]) for s in execution.states),
    )


class _OpenDynamic(OpenModel):
    def __init__(self, make: Callable[[], Any], execution: ExecutionSpec) -> None:
        self._make = make
        self._execution = execution
        make()  # a file that cannot be opened is refused now

    def stream(self) -> Stream:
        return _DynamicStream(self._make, self._execution)


class _DynamicStream(Stream):
    """An interpreter for each shape of input, as it comes.

    One that has run is never resized: the XNNPACK delegate (LiteRT 2.x) then computed the body of a loop wrongly, one
    time in three for some pairs of lengths, and only where memory happened to be laid out so. What a new one costs is
    the packing of the weights.
    """

    def __init__(self, make: Callable[[], Any], execution: ExecutionSpec) -> None:
        (self._signature,) = execution.signatures
        self._make = make
        self._execution = execution
        self._shapes: list[tuple[int, ...]] = []
        self._stream: Stream | None = None

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        shapes = [inputs[t.name].shape for t in self._signature.inputs]
        if self._stream is None or shapes != self._shapes:
            self._stream, self._shapes = self._resized(inputs), shapes
        self._stream.run(signature, inputs)

    def _resized(self, inputs: Mapping[str, Array]) -> Stream:
        native = self._make()
        details = native.get_signature_runner(self._signature.name).get_input_details()
        try:
            for t in self._signature.inputs:
                native.resize_tensor_input(details[t.name]["index"], inputs[t.name].shape)
            where = _only_signature(native, self._execution)
        except (RuntimeError, ValueError) as error:
            raise RuntimeUnavailable(f"the engine failed on inputs of these shapes: {error}") from error
        assert where is not None  # the mode's one signature
        return _SingleSignatureStream(native, where, self._execution.states)

    def outputs(self, signature: int) -> dict[str, Array]:
        assert self._stream is not None  # run comes first
        return self._stream.outputs(signature)

    def states(self) -> dict[str, Array]:
        return {}

    def reset(self) -> None:
        """Such a model keeps nothing between calls."""

    def set_states(self, states: Mapping[str, Array]) -> None:
        assert not states


class _SingleSignatureStream(Stream):
    """The states live here and travel in and out with every call (the interpreter has no buffers to swap)."""

    def __init__(self, native: Any, signature: _Signature, states: tuple[StateSpec, ...]) -> None:
        self._native = native
        self._signature = signature
        # Calls put new arrays in the place of these; none is written to.
        self._zeros = zero_states(states)
        self._states = dict(self._zeros)

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        native, where, states = self._native, self._signature, self._states
        try:
            for name, index, dtype in where.inputs:
                array = inputs[name]
                native.set_tensor(index, array if array.dtype == dtype else array.astype(dtype))
            for name, index, _ in where.states:
                native.set_tensor(index, states[name])
            native.invoke()
        except (RuntimeError, ValueError) as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        for name, _, index in where.states:
            states[name] = native.get_tensor(index)

    def outputs(self, signature: int) -> dict[str, Array]:
        get = self._native.get_tensor
        return {name: get(index) for name, index in self._signature.outputs}

    def states(self) -> dict[str, Array]:
        return {name: array.copy() for name, array in self._states.items()}

    def reset(self) -> None:
        self._states = dict(self._zeros)

    def set_states(self, states: Mapping[str, Array]) -> None:
        self._states = {name: np.array(states[name], dtype=array.dtype) for name, array in self._states.items()}


class _InterpreterStream(Stream):
    """The states live here and travel in and out with every call (the interpreter has no buffers to swap)."""

    def __init__(self, runners: list[Any], execution: ExecutionSpec) -> None:
        self._runners = runners
        self._signatures = execution.signatures
        self._names = tuple(state.name for state in execution.states)
        self._zeros = zero_states(execution.states)
        self._states = dict(self._zeros)
        self._outputs: dict[str, Array] = {}

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        arrays = {
            t.name: np.ascontiguousarray(inputs[t.name], dtype=t.dtype) for t in self._signatures[signature].inputs
        }
        try:
            results = self._runners[signature](**arrays, **self._states)
        except (RuntimeError, ValueError) as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        self._states = {name: results.pop(name) for name in self._names}
        self._outputs = results

    def outputs(self, signature: int) -> dict[str, Array]:
        return {name: array.copy() for name, array in self._outputs.items()}

    def states(self) -> dict[str, Array]:
        return {name: array.copy() for name, array in self._states.items()}

    def reset(self) -> None:
        self._states = dict(self._zeros)

    def set_states(self, states: Mapping[str, Array]) -> None:
        self._states = {name: np.array(states[name], dtype=self._states[name].dtype) for name in self._names}
