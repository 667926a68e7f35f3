"""Times calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.tensors import TensorSpec

# Sequence lengths to time where the model leaves the length free.
_LENGTHS = (1, 8, 32, 128)
_LEAST_CALLS = 20


@dataclass(frozen=True)
class Latency:
    """Wall-clock time of one call, in microseconds.

    Attributes:
      p50: half of the calls were faster.
      p90: nine tenths were.
      p99: 99 of 100 were.
      calls: number of calls timed.
    """

    p50: float
    p90: float
    p99: float
    calls: int


def time_calls(call: Callable[[], object], seconds: float) -> Latency:
    """Calls again and again for about `seconds`, 20 times at least."""
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while len(samples) < _LEAST_CALLS or time.perf_counter() < end:
        start = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - start) / 1e3)
    p50, p90, p99 = (float(value) for value in np.percentile(samples, (50, 90, 99)))
    return Latency(p50, p90, p99, len(samples))


def lengths_of(model: Model) -> tuple[int, ...]:
    """Sequence lengths worth timing."""
    execution = model.manifest.execution
    sequences = [t for t in model.manifest.inputs if t.name in execution.sequence_inputs]
    fixed = [t.shape[1] for t in sequences if t.shape[1] is not None]
    if fixed or not sequences:
        return (fixed[0] if fixed else 1,)
    longest = execution.signatures[0].steps if execution.mode in ("whole", "encode_step") else _LENGTHS[-1]
    return tuple(n for n in _LENGTHS if n <= longest)


def inputs_of(tensors: tuple[TensorSpec, ...], length: int) -> dict[str, Array]:
    """Arrays that a model takes, free axes `length` long."""
    generator = np.random.default_rng(0)
    return {tensor.name: _random(generator, tensor, length) for tensor in tensors}


def _random(generator: np.random.Generator, tensor: TensorSpec, length: int) -> Array:
    shape = [length if size is None else size for size in tensor.shape]
    if tensor.dtype == "float32":
        return generator.standard_normal(shape).astype(np.float32)
    # The smallest ids are valid in every vocabulary.
    return generator.integers(1, 2, shape).astype(tensor.dtype)
