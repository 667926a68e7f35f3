"""Everything that `edgernn bench` finds out about one bundle."""

from __future__ import annotations

import os
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines import Stream
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.measure.floor import floor_us
from edgernn.edge_runtime.measure.latency import Latency, inputs_of, lengths_of, time_calls
from edgernn.edge_runtime.measure.memory import peak_memory_bytes
from edgernn.edge_runtime.measure.profile import OperatorTime, profile
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.tensors import SignatureSpec

_MOST_THREADS = 8


@dataclass(frozen=True)
class LengthLatency(Latency):
    """Time of one call on a sequence, in microseconds.

    Attributes:
      steps: length of the sequence.
      steps_per_second: at the median.
    """

    steps: int
    steps_per_second: float


@dataclass(frozen=True)
class SignatureLatency(Latency):
    """Time of one call of a signature, in microseconds, the Python around it included.

    Attributes:
      name: of the signature.
      weight_bytes: different weights that a call reads.
      read_bytes: weights that a call reads, those again that several steps use; 0 where it is not known.
      floor: microseconds to read them on this machine (see `floor_us`), or None.
      to_floor: `p50` as a multiple of it, or None.
    """

    name: str
    weight_bytes: int
    read_bytes: int
    floor: float | None
    to_floor: float | None


@dataclass(frozen=True)
class ThreadLatency:
    """Median time of the longest sequence by the number of threads, in microseconds."""

    threads: int
    p50: float


@dataclass(frozen=True)
class Measurement:
    """Figures of one bundle on one machine; compare them only with others of the same run.

    Attributes:
      engine: that computed.
      threads: that one call could use.
      file_bytes: size of the bundle.
      load_ms: reading, checking and opening, milliseconds; the engine's import is part of it.
      first_call_ms: the first call, which prepares buffers.
      peak_memory_bytes: of the whole process after loading and the calls by length, or None where the system does not
        tell.
      latencies: by sequence length.
      signatures: by signature, the fastest way to call the engine.
      scaling: by number of threads.
      profiled: name of the signature that does most at once; of an encoder and a decoder, the step of the longest.
      profile: its operators, the slowest kind first (see `profile`).
    """

    engine: str
    threads: int
    file_bytes: int
    load_ms: float
    first_call_ms: float
    peak_memory_bytes: int | None
    latencies: tuple[LengthLatency, ...]
    signatures: tuple[SignatureLatency, ...]
    scaling: tuple[ThreadLatency, ...]
    profiled: str
    profile: tuple[OperatorTime, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def measure(path: str, threads: int = 1, seconds: float = 1.0, **options: Any) -> Measurement:
    """Loads a bundle and times calls of a few lengths, of every signature and with several threads.

    Args:
      path: of the bundle.
      threads: that one call may use.
      seconds: for each of them, about.
      options: further ones of `load`.
    """
    start = time.perf_counter()
    model = load(path, threads, **options)
    loaded = time.perf_counter()
    lengths = lengths_of(model)
    model.run(inputs_of(model.manifest.inputs, lengths[0]))
    first = time.perf_counter()
    latencies = tuple(_by_length(model, length, seconds) for length in lengths)
    # Before the floor is measured, which takes memory of its own.
    peak = peak_memory_bytes()
    return Measurement(
        engine=model.engine,
        threads=threads,
        file_bytes=model.bundle.size,
        load_ms=1e3 * (loaded - start),
        first_call_ms=1e3 * (first - loaded),
        peak_memory_bytes=peak,
        latencies=latencies,
        signatures=_by_signature(model, seconds),
        scaling=_by_threads(path, lengths[-1], seconds, options),
        profiled=_profiled(model),
        profile=_profile(model),
    )


def _by_length(model: Model, length: int, seconds: float) -> LengthLatency:
    inputs = inputs_of(model.manifest.inputs, length)
    found = time_calls(lambda: model.run(inputs), seconds)
    return LengthLatency(**asdict(found), steps=length, steps_per_second=1e6 * length / found.p50)


def _by_signature(model: Model, seconds: float) -> tuple[SignatureLatency, ...]:
    if model.manifest.execution.mode == "dynamic":
        return ()  # its one signature is what the lengths have timed
    signatures = model.manifest.execution.signatures
    return tuple(_one_signature(model, number, s, seconds) for number, s in enumerate(signatures))


def _one_signature(model: Model, number: int, signature: SignatureSpec, seconds: float) -> SignatureLatency:
    stream, inputs = _ready_stream(model, signature), inputs_of(signature.inputs, 1)
    found = time_calls(lambda: stream.run(number, inputs), seconds)
    floor = None
    if signature.read_bytes:
        floor = floor_us(signature.weight_bytes, signature.read_bytes, signature.largest_weight)
    return SignatureLatency(
        **asdict(found),
        name=signature.name,
        weight_bytes=signature.weight_bytes,
        read_bytes=signature.read_bytes,
        floor=floor,
        to_floor=found.p50 / floor if floor else None,
    )


def _ready_stream(model: Model, signature: SignatureSpec) -> Stream:
    """A new stream; a decoder's step has a memory and states of as many rows as it takes."""
    stream, execution = model.new_stream(), model.manifest.execution
    if signature.part != "step":
        return stream
    for number, encoder in enumerate(execution.signatures):
        if encoder.part == "encode" and encoder.steps == signature.steps:
            stream.run(number, inputs_of(encoder.inputs, 1))
    stream.set_states({s.name: np.zeros((signature.rows, *s.shape[1:]), s.dtype) for s in execution.states})
    return stream


def _profiled(model: Model) -> str:
    signatures = model.manifest.execution.signatures
    return next((s.name for s in signatures if s.part == "step"), signatures[0].name)


def _profile(model: Model) -> tuple[OperatorTime, ...]:
    execution = model.manifest.execution
    if execution.mode == "dynamic":
        return ()  # the shapes are not in the file
    return profile(model.bundle.content, _profiled(model), model.engine, execution.share_packed_weights)


def _by_threads(path: str, length: int, seconds: float, options: dict[str, Any]) -> tuple[ThreadLatency, ...]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    counts = [2**power for power in range(_MOST_THREADS.bit_length()) if 2**power <= min(cores, _MOST_THREADS)]
    found = []
    for threads in counts:
        model = load(path, threads, **options)
        inputs = inputs_of(model.manifest.inputs, length)
        found.append(ThreadLatency(threads, time_calls(lambda m=model, i=inputs: m.run(i), seconds).p50))  # type: ignore[misc]
    return tuple(found)
