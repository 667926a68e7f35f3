"""Times a bundle on this machine."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.tensors import TensorSpec

# Sequence lengths to time where the model leaves the length free.
_LENGTHS = (1, 8, 32, 128)


@dataclass(frozen=True)
class Latency:
    """Wall-clock time of one call, in microseconds.

    Attributes:
      steps: length of the sequence.
      p50: half of the calls were faster.
      p90: nine tenths were.
      p99: 99 of 100 were.
      calls: number of calls timed.
      steps_per_second: at the median.
    """

    steps: int
    p50: float
    p90: float
    p99: float
    calls: int
    steps_per_second: float


@dataclass(frozen=True)
class Measurement:
    """Figures of one bundle on one machine; compare them only with others of the same run.

    Attributes:
      engine: that computed.
      threads: that one call could use.
      file_bytes: size of the bundle.
      load_ms: reading, checking and opening, milliseconds; the engine's import is part of it.
      first_call_ms: the first call, which prepares buffers.
      peak_memory_bytes: of the whole process since its start, or None where the system does not tell.
      latencies: by sequence length.
    """

    engine: str
    threads: int
    file_bytes: int
    load_ms: float
    first_call_ms: float
    peak_memory_bytes: int | None
    latencies: tuple[Latency, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def measure(path: str, threads: int = 1, engine: str | None = None, seconds: float = 1.0) -> Measurement:
    """Loads a bundle and times calls of a few lengths, each for about `seconds`."""
    start = time.perf_counter()
    model = load(path, threads, engine)
    loaded = time.perf_counter()
    lengths = _lengths(model)
    model.run(_inputs(model, lengths[0]))
    first = time.perf_counter()
    latencies = tuple(_time(model, length, seconds) for length in lengths)
    return Measurement(
        engine=model.engine,
        threads=threads,
        file_bytes=model.bundle.size,
        load_ms=1e3 * (loaded - start),
        first_call_ms=1e3 * (first - loaded),
        peak_memory_bytes=peak_memory_bytes(),
        latencies=latencies,
    )


def peak_memory_bytes() -> int | None:
    """Greatest resident memory of this process so far, in bytes."""
    try:
        # Linux carries a parent's getrusage() peak over to the programs that it starts; this one starts anew.
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        return _peak_by_getrusage()


def _peak_by_getrusage() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _lengths(model: Model) -> tuple[int, ...]:
    execution = model.manifest.execution
    sequences = [t for t in model.manifest.inputs if t.name in execution.sequence_inputs]
    fixed = [t.shape[1] for t in sequences if t.shape[1] is not None]
    if fixed or not sequences:
        return (fixed[0] if fixed else 1,)
    longest = execution.signatures[0].steps if execution.mode == "whole" else _LENGTHS[-1]
    return tuple(n for n in _LENGTHS if n <= longest)


def _inputs(model: Model, length: int) -> dict[str, Array]:
    generator = np.random.default_rng(0)
    return {tensor.name: _random(generator, tensor, length) for tensor in model.manifest.inputs}


def _random(generator: np.random.Generator, tensor: TensorSpec, length: int) -> Array:
    shape = [length if size is None else size for size in tensor.shape]
    if tensor.dtype == "float32":
        return generator.standard_normal(shape).astype(np.float32)
    # The smallest ids are valid in every vocabulary.
    return generator.integers(1, 2, shape).astype(tensor.dtype)


def _time(model: Model, length: int, seconds: float) -> Latency:
    inputs = _inputs(model, length)
    samples = _samples(lambda: model.run(inputs), seconds)
    p50, p90, p99 = (float(value) for value in np.percentile(samples, (50, 90, 99)))
    return Latency(length, p50, p90, p99, len(samples), 1e6 * length / p50)


def _samples(call: Callable[[], object], seconds: float) -> list[float]:
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while len(samples) < 20 or time.perf_counter() < end:
        start = time.perf_counter_ns()
        call()
        samples.append((time.perf_counter_ns() - start) / 1e3)
    return samples
