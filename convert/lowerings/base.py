"""What every lowering takes and gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from edgernn.convert.graph.causality import Causality
from edgernn.convert.lowerings.cost import MAX_UNROLLED_BYTES, unrolled_bytes
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, SignatureSpec, TensorSpec

# Each size costs file (its steps, once more) and saves calls: 100 steps are 6 x 16 + 4, ten calls instead of 100.
CHUNK_SIZES = (16, 4, 1)
# Where the length is known, its greatest divisor up to this is the first size: fewer calls, at the price of operations.
# Longer pieces are slower: each operation has structures of its own, and a hundred steps of them fall out of the cache.
_MOST_STEPS = 50


def chunk_sizes_for(lengths: Collection[int | None], layers: int) -> tuple[int, ...]:
    """Steps of the signatures of a chunked lowering, greatest first, the last one 1.

    Args:
      lengths: that the model's sequence inputs declare, None where a length is free.
      layers: number of recurrent layers, each of which is written out once a step.
    """
    if len(set(lengths)) != 1 or None in lengths:
        return CHUNK_SIZES
    (length,) = {length for length in lengths if length is not None}
    sizes = [size for size in range(1, min(length, _MOST_STEPS) + 1) if length % size == 0]
    first = max(size for size in sizes if size == 1 or unrolled_bytes(size, layers) <= MAX_UNROLLED_BYTES)
    return (first, *CHUNK_SIZES[1:]) if first > CHUNK_SIZES[0] else CHUNK_SIZES


@dataclass(frozen=True)
class LoweringRequest:
    """The model and what is known of it.

    Attributes:
      model: a Keras model on the TensorFlow backend.
      inputs: its inputs, batch axis fixed.
      outputs: its outputs.
      causality: whether it can be computed in pieces.
      always_real: every step that the runtime feeds is a real one, so that masks change nothing.
      chunk_sizes: steps of the signatures of a chunked lowering, greatest first, the last one 1.
      max_length: longest sequence that the runtime will feed, in steps, or None where any may come.
    """

    model: Any
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    causality: Causality
    always_real: bool
    max_length: int | None
    chunk_sizes: tuple[int, ...] = CHUNK_SIZES


@dataclass(frozen=True)
class TracedSignature:
    """A signature's declaration and its traced function (`tf.types.experimental.ConcreteFunction`)."""

    spec: SignatureSpec
    function: Any


@dataclass(frozen=True)
class Lowered:
    """A model as signatures.

    Attributes:
      execution: how the runtime computes the model from them.
      signatures: the functions, in the same order.
      reason: why this lowering, for the report.
    """

    execution: ExecutionSpec
    signatures: tuple[TracedSignature, ...]
    reason: str


class Lowering(ABC):
    """One way to lower a model."""

    name: str

    @abstractmethod
    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """Why it cannot lower this model; empty when it can."""

    @abstractmethod
    def cost(self, request: LoweringRequest) -> float:
        """Estimated microseconds for a typical sequence (see `cost.py`); only compared with each other."""

    @abstractmethod
    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """Traces the signatures."""
