"""The LSTM with coupled gates (CIFG; Greff et al. 2017, Hard et al. 2018): what is forgotten is what is taken in."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

Weights = list[npt.NDArray[np.float32]]


class CifgCell(keras.layers.Layer):  # type: ignore[misc]
    """A cell for `keras.layers.RNN`: three gates instead of four, input = 1 - forget.

    Args:
      units: states.
      recurrent_dropout: of the states that the gates see, the same units for all steps of a sequence.
    """

    def __init__(self, units: int, recurrent_dropout: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.state_size, self.output_size = units, [units, units], units
        self.recurrent_dropout = recurrent_dropout
        self.seed_generator = keras.random.SeedGenerator()
        self._mask: Any = None

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Kernels in the order forget, candidate, output."""
        self.kernel = self.add_weight((shape[-1], 3 * self.units), "glorot_uniform", name="kernel")
        self.recurrent_kernel = self.add_weight((self.units, 3 * self.units), "orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight((3 * self.units,), self._forget_little, name="bias")

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """One step: [batch, features] and states [h, c], each [batch, units] -> h, [h, c]."""
        h, c = states
        if training and self.recurrent_dropout:
            h = h * self._mask_like(h)
        gates = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        forget, candidate, output = ops.split(gates, 3, axis=-1)
        forget = ops.sigmoid(forget)
        c = forget * c + (1.0 - forget) * ops.tanh(candidate)
        h = ops.sigmoid(output) * ops.tanh(c)
        return h, [h, c]

    def reset_dropout_mask(self) -> None:
        """Called by `keras.layers.RNN` before each sequence."""
        self._mask = None

    def reset_recurrent_dropout_mask(self) -> None:
        """Called by `keras.layers.RNN` before each sequence."""
        self._mask = None

    def _mask_like(self, h: Any) -> Any:
        if self._mask is None:
            self._mask = keras.random.dropout(ops.ones_like(h), self.recurrent_dropout, seed=self.seed_generator)
        return self._mask

    def _forget_little(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        return ops.concatenate([ops.ones((self.units,), dtype), ops.zeros((shape[0] - self.units,), dtype)])


def as_lstm(weights: Weights) -> Weights:
    """The same cell as Keras's LSTM.

    Since 1 - sigmoid(z) = sigmoid(-z), its input gate has the forget gate's weights, negated.

    Args:
      weights: kernel [features, 3 units], recurrent kernel [units, 3 units], bias [3 units].

    Returns:
      The three with 4 units, in Keras's order: input, forget, candidate, output.
    """
    units = weights[2].shape[0] // 3
    return [np.concatenate([-one[..., :units], one], axis=-1) for one in weights]
