"""Keras's own outputs for the proof, in batches of equal length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from edgernn.convert.graph.states import started_from
from edgernn.convert.graph.walk import functional_of, pack_inputs, recurrent_layers
from edgernn.convert.request import Arrays
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.tensors import TensorSpec

_BATCH = 64


def keras_outputs(
    model: Any, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], cases: Sequence[Arrays]
) -> list[Arrays]:
    """Outputs by case, each with a batch axis of 1.

    Cases of equal shapes run as one batch: nothing is padded, so nothing but the model decides the result.
    """
    results: list[Arrays] = [{} for _ in cases]
    for numbers in _groups(model, inputs, cases):
        arrays = [np.concatenate([cases[n][t.name] for n in numbers]) for t in inputs]
        for row, values in enumerate(_rows(model, arrays)):
            results[numbers[row]] = {t.name: value for t, value in zip(outputs, values, strict=True)}
    return results


def keras_outputs_from_states(
    model: Any,
    inputs: Sequence[TensorSpec],
    outputs: Sequence[TensorSpec],
    named: Mapping[str, tuple[str, ...]],
    cases: Sequence[Arrays],
) -> list[Arrays]:
    """As `keras_outputs`, for cases that also hold the states to start from."""
    results: list[Arrays] = []
    for case in cases:
        with started_from(model, named, case):
            values = model(pack_inputs(model, [case[t.name] for t in inputs]), training=False)
        arrays = [keras.ops.convert_to_numpy(value) for value in keras.tree.flatten(values)]
        results.append({t.name: array for t, array in zip(outputs, arrays, strict=True)})
    return results


def _groups(model: Any, inputs: Sequence[TensorSpec], cases: Sequence[Arrays]) -> Iterator[list[int]]:
    """Numbers of cases that can run together."""
    largest = 1 if _own_batch(model) else _BATCH
    groups: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(tuple(case[t.name].shape for t in inputs), []).append(number)
    for numbers in groups.values():
        for start in range(0, len(numbers), largest):
            yield numbers[start : start + largest]


def _rows(model: Any, arrays: list[Array]) -> Iterator[list[Array]]:
    for layer in recurrent_layers(model):
        if layer.stateful:
            layer.reset_state()
    rows = len(arrays[0])
    if batch := _own_batch(model):
        arrays = [np.repeat(array, batch, axis=0) for array in arrays]
    values = keras.tree.flatten(model(pack_inputs(model, arrays), training=False))
    converted = [keras.ops.convert_to_numpy(value) for value in values]
    for row in range(rows):
        yield [array[row : row + 1] for array in converted]


def _own_batch(model: Any) -> int | None:
    """The batch size that the model's own shapes fix, as stateful ones must."""
    size: int | None = functional_of(model).inputs[0].shape[0]
    return size
