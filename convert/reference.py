"""Keras's own outputs for the proof, in batches of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from edgernn.convert.request import Arrays
from edgernn.edge_runtime.spec.tensors import TensorSpec

_BATCH = 64


def keras_outputs(
    model: Any, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec], cases: Sequence[Arrays]
) -> list[Arrays]:
    """Outputs by case, each with a batch axis of 1.

    Cases of equal shapes run as one batch: nothing is padded, so nothing but the model decides the result.
    """
    groups: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for number, case in enumerate(cases):
        groups.setdefault(tuple(case[t.name].shape for t in inputs), []).append(number)
    results: list[Arrays] = [{} for _ in cases]
    for numbers in groups.values():
        for start in range(0, len(numbers), _BATCH):
            batch = numbers[start : start + _BATCH]
            arrays = [np.concatenate([cases[n][t.name] for n in batch]) for t in inputs]
            values = model(arrays if len(arrays) > 1 else arrays[0], training=False)
            for tensor, value in zip(outputs, keras.tree.flatten(values), strict=True):
                array = keras.ops.convert_to_numpy(value)
                for row, number in enumerate(batch):
                    results[number][tensor.name] = array[row : row + 1]
    return results
