"""LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), as Keras computes it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, States, Tensor, project_steps


class LstmLowering(CellLowering):
    """Gates in Keras's order: input, forget, candidate, output."""

    state_names = ("h", "c")

    def __init__(self, cell: Any) -> None:
        self._kernel = tf.convert_to_tensor(cell.kernel)
        self._recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        self._bias = tf.convert_to_tensor(cell.bias) if cell.use_bias else None
        self._activation = cell.activation
        self._gate = cell.recurrent_activation

    def project(self, inputs: Tensor) -> Tensor:
        """See base."""
        return project_steps(inputs, self._kernel, self._bias)

    def step(self, projected: Tensor, states: States) -> tuple[Tensor, States]:
        """See base."""
        hidden, carry = states
        gates = projected + tf.matmul(hidden, self._recurrent)
        entry, forget, candidate, exit_ = tf.split(gates, 4, axis=1)
        carry = self._gate(forget) * carry + self._gate(entry) * self._activation(candidate)
        hidden = self._gate(exit_) * self._activation(carry)
        return hidden, (hidden, carry)
