"""What Keras itself computes for an encoder and a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from edgernn.convert.pairs.parts import Parts
from edgernn.convert.request import Arrays


class PairReference:
    """Runs both parts as Keras has them, compiled once for all lengths.

    Args:
      parts: of a Keras model; its weights may change between calls.

    Attributes:
      parts: as given.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._encoder = tf.function(lambda given: parts.encoder(given, training=False), reduce_retracing=True)
        self._step = tf.function(lambda given: parts.step(given, training=False), reduce_retracing=True)

    def run(self, cases: Sequence[Arrays]) -> list[Arrays]:
        """The step's outputs by case, [rows, time, ...]; from a case's states, if it has any.

        A case is as `edge_runtime.encoder_decoder.EncoderDecoder.run` takes it, inputs and states together.
        """
        return [self._walk(case)[0] for case in cases]

    def reached(self, case: Arrays) -> Arrays:
        """The states after a case's last token, [rows, ...]."""
        return self._walk(case)[1]

    def _walk(self, case: Arrays) -> tuple[Arrays, Arrays]:
        parts = self.parts
        encoded = self._encoder({t.name: tf.constant(case[t.name]) for t in parts.encoder_inputs})
        rows, steps = next(case[t.name].shape[:2] for t in parts.step_inputs)
        memory = {t.name: tf.repeat(encoded[t.name], rows, axis=0) for t in parts.memory}
        states = {name: tf.constant(value) for name, value in self._begin(case, encoded, rows).items()}
        found: dict[str, list[Any]] = {t.name: [] for t in parts.step_outputs}
        for step in range(steps):
            given = {t.name: tf.constant(case[t.name][:, step : step + 1]) for t in parts.step_inputs}
            outputs = self._step({**given, **states, **memory})
            states = {name: outputs[parts.outgoing[name]] for name in states}
            for name, values in found.items():
                values.append(outputs[name].numpy())
        stacked = {name: np.stack(values, axis=1) for name, values in found.items()}
        return stacked, {name: value.numpy() for name, value in states.items()}

    def _begin(self, case: Arrays, encoded: Any, rows: int) -> Arrays:
        begin: Arrays = {}
        for state in self.parts.states:
            if state.name in case:
                begin[state.name] = case[state.name]
            elif state.name in encoded:
                begin[state.name] = np.repeat(encoded[state.name].numpy(), rows, axis=0)
            else:
                begin[state.name] = np.zeros((rows, *state.shape[1:]), state.dtype)
        return begin
