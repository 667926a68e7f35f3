"""LiteRT's `CompiledModel`: weights packed once for all signatures, states that swap buffers without a copy."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array, Engine, EngineStatus, OpenModel, Stream, zero_states
from edgernn.edge_runtime.engines.packages import has_module, version_of
from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, SignatureSpec, StateSpec, TensorSpec

_INSTALL = 'pip install "ai-edge-litert>=2.1" (64-bit systems with glibc 2.34 or later)'


class CompiledModelEngine(Engine):
    """ai-edge-litert 2.x."""

    name = "litert-compiled"

    def status(self) -> EngineStatus:
        """See base."""
        version = version_of("ai-edge-litert")
        if not has_module("ai_edge_litert.compiled_model"):
            reason = "ai-edge-litert has no CompiledModel" if version else "ai-edge-litert is not installed"
            return EngineStatus(self.name, version, False, reason, _INSTALL)
        return EngineStatus(self.name, version, True, "fastest: packed weights are shared by all signatures")

    def open(self, model: bytes, execution: ExecutionSpec, threads: int) -> OpenModel:
        """See base."""
        if execution.mode == "dynamic":
            raise RuntimeUnavailable(f"{self.name} takes inputs of fixed shape only, and this model's are free")
        try:
            with quiet_native_logs():
                native = _compile(model, threads, execution.share_packed_weights)
        except (ImportError, RuntimeError, ValueError, OSError) as error:
            raise RuntimeUnavailable(f"{self.name} cannot load this model: {error}") from error
        return _OpenCompiledModel(native, execution)


def _compile(model: bytes, threads: int, share: bool) -> Any:
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.options import CpuOptions, HardwareAccelerator, Options

    # With a weight cache XNNPACK packs each constant once, however many unrolled steps and signatures use it.
    # ":memory" keeps the cache in RAM: a file would have to be bound to this model's hash.
    # It looks a constant up by its bytes alone: kernels with static scales, which XNNPACK packs with the weights,
    # would get those of another operator, and compute nonsense.
    cpu = CpuOptions(num_threads=threads, xnnpack_weight_cache_path=":memory" if share else "")
    options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=cpu)
    return CompiledModel.from_buffer(model, environment=_environment(), options=options)


@functools.cache
def _environment() -> Any:
    # One for all models: making one looks for accelerators, and takes longer than loading a small model.
    from ai_edge_litert import environment

    folder = str(Path(environment.__file__).parent)
    return environment.Environment.create(options=environment.EnvironmentOptions(runtime_path=folder))


class _OpenCompiledModel(OpenModel):
    def __init__(self, native: Any, execution: ExecutionSpec) -> None:
        self._native = native
        self._execution = execution

    def stream(self) -> Stream:
        try:
            return _CompiledModelStream(self._native, self._execution)
        except RuntimeError as error:
            raise RuntimeUnavailable(
                f"the model's signatures are not those that its manifest names: {error}"
            ) from error


@dataclass(frozen=True)
class _Call:
    """A signature's buffers; `inputs` and `outputs` hold the native argument lists for both phases."""

    index: int
    input_buffers: dict[str, tuple[Any, TensorSpec]]
    output_buffers: dict[str, tuple[Any, TensorSpec]]
    inputs: tuple[list[Any], list[Any]]
    outputs: tuple[list[Any], list[Any]]


class _CompiledModelStream(Stream):
    """Two buffers a state: each call reads one set and writes the other, and the next call changes their roles."""

    def __init__(self, native: Any, execution: ExecutionSpec) -> None:
        self._native = native
        self._specs = execution.states
        first = execution.signatures[0].name
        self._sets = (
            {s.name: native.create_input_buffer_by_name(first, s.name) for s in execution.states},
            {s.name: native.create_output_buffer_by_name(first, s.name) for s in execution.states},
        )
        self._phase = 0
        self._calls = [self._prepare(signature) for signature in execution.signatures]
        self.set_states(zero_states(execution.states))

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        call = self._calls[signature]
        for name, (buffer, spec) in call.input_buffers.items():
            buffer.write(np.ascontiguousarray(inputs[name], dtype=spec.dtype))
        try:
            self._native.run_by_index(call.index, call.inputs[self._phase], call.outputs[self._phase])
        except RuntimeError as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        if self._specs:
            self._phase ^= 1

    def outputs(self, signature: int) -> dict[str, Array]:
        return {name: _read(buffer, spec) for name, (buffer, spec) in self._calls[signature].output_buffers.items()}

    def states(self) -> dict[str, Array]:
        current = self._sets[self._phase]
        return {spec.name: _read(current[spec.name], spec) for spec in self._specs}

    def set_states(self, states: Mapping[str, Array]) -> None:
        current = self._sets[self._phase]
        for spec in self._specs:
            current[spec.name].write(np.ascontiguousarray(states[spec.name], dtype=spec.dtype))

    def _prepare(self, signature: SignatureSpec) -> _Call:
        native, name = self._native, signature.name
        order = native.get_signature_list()[name]
        inputs = {t.name: (native.create_input_buffer_by_name(name, t.name), t) for t in signature.inputs}
        outputs = {t.name: (native.create_output_buffer_by_name(name, t.name), t) for t in signature.outputs}
        first, second = self._sets
        return _Call(
            index=native.get_signature_index(name),
            input_buffers=inputs,
            output_buffers=outputs,
            inputs=(_arguments(order["inputs"], inputs, first), _arguments(order["inputs"], inputs, second)),
            outputs=(
                _arguments(order["outputs"], outputs, second),
                _arguments(order["outputs"], outputs, first),
            ),
        )


def _arguments(order: list[str], own: dict[str, tuple[Any, TensorSpec]], states: dict[str, Any]) -> list[Any]:
    return [own[name][0] if name in own else states[name] for name in order]


def _read(buffer: Any, spec: TensorSpec | StateSpec) -> Array:
    shape = [int(size or 0) for size in spec.shape]
    flat: Array = buffer.read(int(np.prod(shape)), np.dtype(spec.dtype).type)
    return flat.reshape(shape)
