"""LiteRT's `CompiledModel`: weights packed once for all signatures."""

from __future__ import annotations

import functools
from typing import Any

from edgernn.edge_runtime.engines.base import (
    Engine,
    EngineOptions,
    OpenModel,
)
from edgernn.edge_runtime.engines.gpu_shield import keep_gpu_out
from edgernn.edge_runtime.engines.gpu_shield import refusal as gpu_refusal
from edgernn.edge_runtime.engines.packages import has_module, version_of
from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.engines.weight_cache import open_with_cache
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec

# A weight cache that lives as long as the model.
IN_MEMORY = ":memory"
_INSTALL = 'pip install "ai-edge-litert>=2.1" (64-bit systems with glibc 2.34 or later)'


class CompiledModelEngine(Engine):
    """ai-edge-litert 2.x."""

    name = "litert-compiled"
    package = "ai-edge-litert"
    merit = "fastest: packed weights are shared by all signatures"

    def refusal(self) -> tuple[str, str] | None:
        """See base."""
        if has_module("ai_edge_litert.compiled_model"):
            reason = gpu_refusal()
            return (reason, "load a model before importing it") if reason else None
        installed = has_module("ai_edge_litert")
        return ("ai-edge-litert has no CompiledModel" if installed else "ai-edge-litert is not installed"), _INSTALL

    def open(self, model: bytes, execution: ExecutionSpec, options: EngineOptions) -> OpenModel:
        """See base."""
        if execution.mode == "dynamic":
            raise RuntimeUnavailable(f"{self.name} takes inputs of fixed shape only, and this model's are free")
        try:
            with quiet_native_logs():
                opened = _streams(_open(model, execution, options), execution)
        except (ImportError, RuntimeError, ValueError, OSError) as error:
            raise RuntimeUnavailable(f"{self.name} cannot load this model: {error}") from error
        return opened


def _streams(native: Any, execution: ExecutionSpec) -> OpenModel:
    if execution.mode == "encode_step":
        from edgernn.edge_runtime.engines.compiled_pairs import OpenCompiledPair

        return OpenCompiledPair(native, execution)
    from edgernn.edge_runtime.engines.compiled_streams import OpenCompiledModel

    return OpenCompiledModel(native, execution)


def _open(model: bytes, execution: ExecutionSpec, options: EngineOptions) -> Any:
    if not execution.share_packed_weights:
        return compile_model(model, options.threads, "")
    if options.cache is not None:
        version = version_of("ai-edge-litert")
        opened = open_with_cache(
            options.cache, model, version, lambda path: compile_model(model, options.threads, path)
        )
        if opened is not None:
            return opened
    return compile_model(model, options.threads, IN_MEMORY)


def compile_model(model: bytes, threads: int, cache: str) -> Any:
    """Loads a model into the native runtime, its packed weights cached in this file ("" for no cache).

    With a weight cache XNNPACK packs each constant once, however many unrolled steps and signatures use it. It looks a
    constant up by its bytes alone: kernels with static scales, which it packs with the weights, would get those of
    another operator and compute nonsense, so that `cache` must be empty for these.
    """
    environment = _environment()
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.options import CpuOptions, HardwareAccelerator, Options

    cpu = CpuOptions(num_threads=threads, xnnpack_weight_cache_path=cache)
    options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=cpu)
    return CompiledModel.from_buffer(model, environment=environment, options=options)


@functools.cache
def _environment() -> Any:
    # One for all models: making one looks for accelerators, and takes longer than loading a small model.
    folder = keep_gpu_out()
    from ai_edge_litert import environment

    return environment.Environment.create(options=environment.EnvironmentOptions(runtime_path=folder))
