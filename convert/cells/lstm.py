"""LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), as Keras computes it."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor, project_steps


class LstmLowering(CellLowering):
    """Gates in Keras's order: input, forget, candidate, output.

    Where the input gate is 1 - forget (coupled gates, CIFG: Greff et al. 2017; Keras has no cell of this kind, but its
    LSTM is one when the two gates' weights are each other's negatives), it is not computed, nor are its weights kept.
    """

    state_names = ("h", "c")

    def __init__(self, cell: Any) -> None:
        self._kernel = tf.convert_to_tensor(cell.kernel)
        self._recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        self._bias = tf.convert_to_tensor(cell.bias) if cell.use_bias else None
        self._coupled = _is_coupled(cell)
        if self._coupled:
            self._kernel, self._recurrent = self._kernel[:, cell.units :], self._recurrent[:, cell.units :]
            self._bias = None if self._bias is None else self._bias[cell.units :]
        self._activation = cell.activation
        self._gate = cell.recurrent_activation

    def project(self, inputs: Tensor) -> Projected:
        """See base."""
        return (project_steps(inputs, self._kernel, self._bias),)

    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """See base."""
        hidden, carry = states
        gates = projected[0] + tf.matmul(hidden, self._recurrent)
        if self._coupled:
            forget, candidate, exit_ = tf.split(gates, 3, axis=1)
            proposal = self._activation(candidate)
            # forget * carry + (1 - forget) * proposal, in one operation less.
            carry = proposal + self._gate(forget) * (carry - proposal)
        else:
            entry, forget, candidate, exit_ = tf.split(gates, 4, axis=1)
            carry = self._gate(forget) * carry + self._gate(entry) * self._activation(candidate)
        hidden = self._gate(exit_) * self._activation(carry)
        return hidden, (hidden, carry)


def _is_coupled(cell: Any) -> bool:
    """Whether sigmoid(-z) = 1 - sigmoid(z) makes the input gate what the forget gate leaves."""
    if cell.recurrent_activation is not keras.activations.sigmoid:
        return False
    weights = [cell.kernel, cell.recurrent_kernel, *([cell.bias] if cell.use_bias else [])]
    for weight in weights:
        with tf.init_scope():  # inside a trace values are symbolic
            values = np.asarray(weight._value)
        if not np.array_equal(values[..., : cell.units], -values[..., cell.units : 2 * cell.units]):
            return False
    return True
