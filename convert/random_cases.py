"""Random inputs for the proof of a model whose real inputs are not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from edgernn.convert.errors import ConversionError
from edgernn.convert.graph.walk import embedding_layers
from edgernn.convert.reference import KerasReference
from edgernn.convert.request import Arrays
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.manifest import MIN_GOLDEN_VECTORS
from edgernn.edge_runtime.spec.tensors import TensorSpec

# One and two steps, around the chunk sizes (4, 16), where a lowering would go wrong, and a long one for drift.
_LENGTHS = (1, 2, 3, 4, 5, 8, 15, 16, 17, 21, 33, 64, 500)
_IDS_WITHOUT_EMBEDDING = 10
# Free axes besides time (pictures of any size) take this at most.
_OTHER_AXIS = 12
_MASKED_PART = 0.2


def random_cases(
    model: Any,
    inputs: Sequence[TensorSpec],
    reference: KerasReference,
    longest: int | None = None,
    masks: bool = True,
    seed: int = 0,
) -> tuple[list[Arrays], list[Arrays]]:
    """Cases of many lengths; floats are standard normal, integers are valid ids, some steps are masked.

    Lengths that Keras itself refuses (shorter than a convolution's kernel), or for which its own outputs overflow,
    are left out.

    Args:
      model: the Keras model.
      inputs: its inputs.
      reference: runs it.
      longest: greatest length to try, or None.
      masks: whether steps may be masked.
      seed: of the values.

    Returns:
      The cases, and Keras's outputs for them.

    Raises:
      ConversionError: Keras refuses all of them.
    """
    maker = _Maker(model, inputs, seed)
    lengths = dict.fromkeys(min(length, longest or length) for length in _LENGTHS)
    made = [maker.case(length, masked=masks and number % 2 == 1) for number, length in enumerate(lengths)]
    cases: list[Arrays] = []
    expected: list[Arrays] = []
    refusal = ""
    for group in _by_shape(made):
        try:
            found = reference.run(group)
        except Exception as error:  # whatever a layer provokes
            refusal = " ".join(str(error).split())[:300]
            continue
        for case, outputs in zip(group, found, strict=True):
            if all(np.isfinite(array).all() for array in outputs.values()):
                cases.append(case)
                expected.append(outputs)
            else:
                refusal = refusal or "its outputs are not finite"
    if not cases:
        raise ConversionError(f"Keras itself cannot run the model on random inputs: {refusal}")
    more = [maker.like(cases[number % len(cases)]) for number in range(MIN_GOLDEN_VECTORS - len(cases))]
    return [*cases, *more], [*expected, *reference.run(more)]


def beginnings(cases: Sequence[Arrays], sequence_inputs: Sequence[str]) -> list[Arrays]:
    """The first steps of real cases, as many as random ones would have."""
    steps = (*_LENGTHS, *_LENGTHS)[: max(MIN_GOLDEN_VECTORS, len(_LENGTHS))]
    return [
        {n: array[:, :length] if n in sequence_inputs else array for n, array in cases[number % len(cases)].items()}
        for number, length in enumerate(steps)
    ]


def _by_shape(cases: Sequence[Arrays]) -> list[list[Arrays]]:
    """Cases of equal shapes together: a model of fixed length runs all of them at once."""
    groups: dict[tuple[tuple[int, ...], ...], list[Arrays]] = {}
    for case in cases:
        groups.setdefault(tuple(array.shape for array in case.values()), []).append(case)
    return list(groups.values())


class _Maker:
    def __init__(self, model: Any, inputs: Sequence[TensorSpec], seed: int) -> None:
        self._inputs = inputs
        self._generator = np.random.default_rng(seed)
        self._ids = min((layer.input_dim for layer in embedding_layers(model)), default=_IDS_WITHOUT_EMBEDDING)
        layers = model._flatten_layers()
        self._mask_value = next((layer.mask_value for layer in layers if type(layer) is keras.layers.Masking), None)

    def case(self, length: int, masked: bool) -> Arrays:
        return {t.name: self._random(t.dtype, _fill(t.shape, length), masked) for t in self._inputs}

    def like(self, case: Arrays) -> Arrays:
        return {t.name: self._random(t.dtype, case[t.name].shape, False) for t in self._inputs}

    def _random(self, dtype: str, shape: tuple[int, ...], masked: bool) -> Array:
        generator = self._generator
        if dtype == "bool":
            return generator.random(shape) < 0.5
        hidden = generator.random(shape[:2]) < (_MASKED_PART if masked else 0.0)
        if dtype.startswith("int"):
            ids = generator.integers(min(1, self._ids - 1), self._ids, shape)
            return np.where(hidden.reshape(hidden.shape + (1,) * (len(shape) - 2)), 0, ids).astype(dtype)
        values = generator.standard_normal(shape).astype(dtype)
        if self._mask_value is not None and len(shape) >= 3:
            values[hidden] = self._mask_value
        return values


def _fill(shape: tuple[int | None, ...], length: int) -> tuple[int, ...]:
    free = [length if axis == 1 else min(length, _OTHER_AXIS) for axis in range(len(shape))]
    return tuple(free[axis] if size is None else size for axis, size in enumerate(shape))
