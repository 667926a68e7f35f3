"""Keras's own outputs for the proof, in batches of equal length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from edgernn.convert.graph.states import started_from
from edgernn.convert.graph.walk import functional_of, pack_inputs, recurrent_layers
from edgernn.convert.request import Arrays
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.tensors import TensorSpec

_BATCH = 64
# Batches of the first lengths: 1, 2 and 3 steps, where the length is free.
_COMPARED = 3


class KerasReference:
    """Runs the Keras model as it is.

    The model is compiled once for all lengths (by `tf.function`, as `model.predict` does), because a step of a
    recurrent layer takes milliseconds otherwise. A few layers of Keras compute something else where shapes are not
    known (TimeDistributed with a mask gives one step): the first cases run uncompiled too, and decide which way all
    others go.

    Args:
      model: the Keras model; its weights may change between calls.
      inputs: its inputs.
      outputs: its outputs.
    """

    def __init__(self, model: Any, inputs: Sequence[TensorSpec], outputs: Sequence[TensorSpec]) -> None:
        self._model = model
        self._inputs = [t.name for t in inputs]
        self._outputs = [t.name for t in outputs]
        # The batch size that the model's own shapes fix, as stateful ones must.
        self._own_batch: int | None = functional_of(model).inputs[0].shape[0]
        specs = [tf.TensorSpec(t.shape, t.dtype) for t in functional_of(model).inputs]
        self._compiled = tf.function(self._call, input_signature=[specs], autograph=False)
        self._can_compile = True
        self._to_compare = _COMPARED

    def run(self, cases: Sequence[Arrays]) -> list[Arrays]:
        """Outputs by case, with as many rows as its inputs have.

        Cases of equal shapes run as one batch: nothing is padded, so nothing but the model decides the result.
        """
        return self._run(cases, self._outputs_of)

    def run_from_states(self, named: Mapping[str, tuple[str, ...]], cases: Sequence[Arrays]) -> list[Arrays]:
        """As `run`, for cases that also hold the states to start from (`named`: their names by layer)."""
        names = [name for group in named.values() for name in group]

        def call(arrays: list[Any], states: list[Any]) -> list[Any]:
            with started_from(self._model, named, dict(zip(names, states, strict=True))):
                return self._call(arrays)

        compiled = tf.function(call, reduce_retracing=True, autograph=False)

        def outputs_of(batch: Arrays) -> list[Any]:
            arrays = [tf.constant(batch[name]) for name in self._inputs]
            states = [tf.constant(batch[name]) for name in names]
            return list((compiled if self._can_compile else call)(arrays, states))

        return self._run(cases, outputs_of)

    def _run(self, cases: Sequence[Arrays], outputs_of: Any) -> list[Arrays]:
        results: list[Arrays] = [{} for _ in cases]
        for numbers in self._groups(cases):
            batch = {name: np.concatenate([cases[n][name] for n in numbers]) for name in cases[numbers[0]]}
            size = cases[numbers[0]][self._inputs[0]].shape[0]
            if self._own_batch and size == 1:
                batch = {name: np.repeat(array, self._own_batch, axis=0) for name, array in batch.items()}
            values = [keras.ops.convert_to_numpy(value) for value in outputs_of(batch)]
            for place, number in enumerate(numbers):
                rows: list[Array] = [value[place * size : (place + 1) * size] for value in values]
                results[number] = dict(zip(self._outputs, rows, strict=True))
        return results

    def _groups(self, cases: Sequence[Arrays]) -> Iterator[list[int]]:
        """Numbers of cases that can run together."""
        largest = 1 if self._own_batch else _BATCH
        groups: dict[tuple[tuple[int, ...], ...], list[int]] = {}
        for number, case in enumerate(cases):
            groups.setdefault(tuple(case[name].shape for name in self._inputs), []).append(number)
        for numbers in groups.values():
            for start in range(0, len(numbers), largest):
                yield numbers[start : start + largest]

    def _outputs_of(self, batch: Arrays) -> list[Any]:
        for layer in recurrent_layers(self._model):
            if layer.stateful:
                layer.reset_state()
        arrays = [tf.constant(batch[name]) for name in self._inputs]
        if not self._can_compile:
            return self._call(arrays)
        try:
            values = list(self._compiled(arrays))
        except Exception:  # whatever a layer provokes; a length that Keras itself refuses raises again here
            plain = self._call(arrays)
            self._can_compile = False
            return plain
        if self._to_compare:
            self._to_compare -= 1
            for layer in recurrent_layers(self._model):
                if layer.stateful:
                    layer.reset_state()
            plain = self._call(arrays)
            if not all(_alike(a, b) for a, b in zip(values, plain, strict=True)):
                self._can_compile = False
                return plain
        return values

    def _call(self, arrays: list[Any]) -> list[Any]:
        flat: list[Any] = keras.tree.flatten(self._model(pack_inputs(self._model, arrays), training=False))
        return flat


def _alike(found: Any, expected: Any) -> bool:
    if found.shape != expected.shape:
        return False
    a, b = (keras.ops.convert_to_numpy(value).astype(np.float64) for value in (found, expected))
    return bool(np.allclose(a, b, rtol=1e-3, atol=1e-3 * np.abs(b).max(initial=0.0), equal_nan=True))
