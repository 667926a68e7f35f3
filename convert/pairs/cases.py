"""Inputs for the proof of an encoder and a step: sources of many lengths, several rows, states not zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgernn.convert.graph.walk import embedding_layers
from edgernn.convert.pairs.parts import Parts
from edgernn.convert.pairs.reference import PairReference
from edgernn.convert.request import Arrays, PairRequest
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.tensors import SignatureSpec, TensorSpec

# Tokens of a target in a case; a few more where states come from.
_STEPS = (1, 2, 3, 5, 8, 12, 20)
_IDS_WITHOUT_EMBEDDING = 10


def lengths_for(signatures: Sequence[SignatureSpec], longest: int) -> list[int]:
    """Lengths of sources: 1 and 2, those that an encoder just holds, and those that are too long by one."""
    sizes = [s.steps for s in signatures if s.part == "encode" and s.steps]
    around = {1, 2, longest, *(n for size in sizes for n in (size - 1, size, size + 1))}
    return sorted(n for n in around if 1 <= n <= longest)


def pair_cases(
    parts: Parts, request: PairRequest, signatures: Sequence[SignatureSpec], real: Sequence[Arrays]
) -> list[Arrays]:
    """Cases of many lengths, every other one of several rows.

    Args:
      parts: of the model.
      request: the longest source, and the rows.
      signatures: of the lowered model.
      real: inputs of the task's own; cases are pieces of these where there are any, otherwise random.
    """
    made = []
    lengths = lengths_for(signatures, request.longest) if parts.sequence_inputs else [0] * len(_STEPS)
    maker = _Maker(parts, real)
    for number, length in enumerate(lengths):
        rows = 1 if number % 2 == 0 else (request.rows[-1] + number % 3)
        made.append(maker.case(length, rows, _STEPS[number % len(_STEPS)]))
    return made


def from_states(reference: PairReference, cases: Sequence[Arrays]) -> list[Arrays]:
    """Each case from the states that a case of as many rows reaches: none of them is zero."""
    started = []
    for number, case in enumerate(cases):
        rows = _rows(case, reference)
        others = [other for other in cases[number + 1 :] if _rows(other, reference) == rows] or [case]
        started.append({**case, **reference.reached(others[0])})
    return started


def _rows(case: Arrays, reference: PairReference) -> int:
    return int(case[reference.parts.step_inputs[0].name].shape[0])


class _Maker:
    def __init__(self, parts: Parts, real: Sequence[Arrays]) -> None:
        self._parts, self._real = parts, real
        self._generator = np.random.default_rng(0)
        self._ids = {
            part.name: min((layer.input_dim for layer in embedding_layers(part)), default=_IDS_WITHOUT_EMBEDDING)
            for part in (parts.encoder, parts.step)
        }

    def case(self, length: int, rows: int, steps: int) -> Arrays:
        encoder, step = self._parts.encoder.name, self._parts.step.name
        made = {
            t.name: self._array(t, (1, *(length if n is None else n for n in t.shape[1:])), self._ids[encoder])
            for t in self._parts.encoder_inputs
        }
        for t in self._parts.step_inputs:
            made[t.name] = self._array(t, (rows, steps, *t.shape[2:]), self._ids[step])
        return made

    def _array(self, tensor: TensorSpec, shape: tuple[int | None, ...], ids: int) -> Array:
        sizes = [int(size or 1) for size in shape]
        if self._real:
            return self._piece(tensor, sizes)
        if tensor.dtype == "float32":
            return self._generator.standard_normal(sizes).astype(np.float32)
        # 0 pads: it is no part of a sequence.
        return self._generator.integers(1, max(2, ids), sizes).astype(tensor.dtype)

    def _piece(self, tensor: TensorSpec, sizes: list[int]) -> Array:
        """What the task's own inputs hold, one behind the other, from a random place on."""
        if None not in tensor.shape[1:] and sizes[1:] == list(self._real[0][tensor.name].shape[1:]):
            return self._real[int(self._generator.integers(len(self._real)))][tensor.name]
        joined = np.concatenate([case[tensor.name][0] for case in self._real])
        starts = self._generator.integers(len(joined), size=(sizes[0], 1))
        return np.take(joined, starts + np.arange(sizes[1]), axis=0, mode="wrap").astype(tensor.dtype)
