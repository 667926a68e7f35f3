"""One bundle against another, call by call in turn: what disturbs one disturbs both."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.measure.latency import inputs_of, lengths_of
from edgernn.edge_runtime.model import Model

_LEAST_PAIRS = 40


@dataclass(frozen=True)
class PairedLength:
    """Both on a sequence of `steps` steps.

    Attributes:
      steps: length of the sequence.
      first: median microseconds of the first bundle.
      second: of the second.
      ratio: median over the pairs of first to second: below 1 the first is faster.
      low: a tenth of the pairs had a smaller ratio.
      high: a tenth had a greater one.
      pairs: number of pairs timed.
    """

    steps: int
    first: float
    second: float
    ratio: float
    low: float
    high: float
    pairs: int


@dataclass(frozen=True)
class Comparison:
    """Two bundles in one process; `ratio` is the first's bytes to the second's."""

    first: str
    second: str
    engines: tuple[str, str]
    bytes_ratio: float
    lengths: tuple[PairedLength, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def compare(first: str, second: str, threads: int = 1, seconds: float = 1.0, **options: Any) -> Comparison:
    """Times both in turn; `options` are further ones of `load`.

    Raises:
      InputError: they do not take the same inputs.
    """
    models = (load(first, threads, **options), load(second, threads, **options))
    if [m.manifest.inputs for m in models[:1]] != [m.manifest.inputs for m in models[1:]]:
        raise InputError(f"{first} and {second} take different inputs: only bundles of the same model can be compared")
    lengths = [length for length in lengths_of(models[0]) if length in lengths_of(models[1])]
    return Comparison(
        first=first,
        second=second,
        engines=(models[0].engine, models[1].engine),
        bytes_ratio=models[0].bundle.size / models[1].bundle.size,
        lengths=tuple(_pairs(models, length, seconds) for length in lengths),
    )


def _pairs(models: tuple[Model, Model], length: int, seconds: float) -> PairedLength:
    inputs = inputs_of(models[0].manifest.inputs, length)
    samples: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    for model in models:
        model.run(inputs)
    while len(samples) < _LEAST_PAIRS or time.perf_counter() < end:
        # Who is first alternates: the second call finds other caches.
        order = (0, 1) if len(samples) % 2 == 0 else (1, 0)
        pair = [0.0, 0.0]
        for which in order:
            start = time.perf_counter_ns()
            models[which].run(inputs)
            pair[which] = (time.perf_counter_ns() - start) / 1e3
        samples.append((pair[0], pair[1]))
    times = np.array(samples)
    low, ratio, high = (float(v) for v in np.percentile(times[:, 0] / times[:, 1], (10, 50, 90)))
    medians = np.median(times, axis=0)
    return PairedLength(length, float(medians[0]), float(medians[1]), ratio, low, high, len(samples))
