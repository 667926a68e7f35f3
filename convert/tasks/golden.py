"""Makes the golden vectors that a bundle carries, with outputs from the artifact itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.edge_runtime.golden import GoldenVector, Sample, arrays_of
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.spec.manifest import MIN_GOLDEN_VECTORS
from edgernn.edge_runtime.spec.tensors import TensorSpec

# Steps of a vector of an encoder and decoder.
_PAIR_TOKENS = 12


def golden_text(model: Model, text: str, inputs: Arrays) -> GoldenVector:
    """A vector whose inputs were tokenized from `text`."""
    return GoldenVector(text, {**inputs}, sampled(model.run(inputs)))


def random_golden(model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
    """Vectors of the shapes of the shortest of the proof's cases, every second one from states that are not zero.

    Args:
      model: the artifact.
      cases: of the proof; ids stay within the range seen there.
    """
    inputs = model.manifest.inputs
    states = tuple(state for state in model.manifest.execution.states if state.dtype == "float32")
    whole = [case for case in cases if case.keys() == {tensor.name for tensor in inputs}]
    shortest = sorted(whole, key=lambda case: sum(array.size for array in case.values()))
    ranges = {tensor.name: _range(tensor, cases) for tensor in inputs}
    vectors = []
    for number in range(MIN_GOLDEN_VECTORS):
        shapes = {name: array.shape for name, array in shortest[number % len(shortest)].items()}
        seeds = range(number * (len(inputs) + len(states)), (number + 1) * (len(inputs) + len(states)))
        given = {
            t.name: RandomTensor(t.dtype, shapes[t.name], seed, *ranges[t.name])
            for t, seed in zip(inputs, seeds, strict=False)
        }
        start = {
            s.name: RandomTensor(s.dtype, s.shape, seed, -1, 1)
            for s, seed in zip(states, seeds[len(inputs) :], strict=True)
            if number % 2 and len(states) == len(model.manifest.execution.states)
        }
        outputs = model.run(arrays_of(given), arrays_of(start) or None)
        vectors.append(GoldenVector(None, {**given}, sampled(outputs), {**start}))
    return vectors


def pair_golden(model: Model, cases: Sequence[Arrays], token: str) -> list[GoldenVector]:
    """As `random_golden`, of an encoder and decoder: one sequence each, its beginning.

    Args:
      model: the artifact.
      cases: of the proof.
      token: name of the step's input, [rows, time].
    """
    of_one = [case for case in cases if case[token].shape[0] == 1]
    return random_golden(model, [{**case, token: case[token][:, :_PAIR_TOKENS]} for case in of_one])


def _range(tensor: TensorSpec, cases: Sequence[Arrays]) -> tuple[int, int]:
    if not tensor.dtype.startswith("int"):
        return -2, 2
    seen = [case[tensor.name] for case in cases]
    return int(min(array.min() for array in seen)), int(max(array.max() for array in seen)) + 1


def sampled(outputs: Arrays) -> dict[str, Sample]:
    """Some values of every output, as a vector keeps them."""
    return {name: Sample.of(np.asarray(array)) for name, array in outputs.items()}
