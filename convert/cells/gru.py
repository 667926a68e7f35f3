"""GRU (Cho et al. 2014), as Keras computes it, in both variants of `reset_after`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, States, Tensor, project_steps


class GruLowering(CellLowering):
    """Gates in Keras's order: update, reset, candidate."""

    state_names = ("h",)

    def __init__(self, cell: Any) -> None:
        self._units = cell.units
        self._reset_after = cell.reset_after
        self._kernel = tf.convert_to_tensor(cell.kernel)
        recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        if cell.reset_after:
            self._recurrent = recurrent
        else:
            # The candidate's part multiplies the reset state, so it is a product of its own.
            self._recurrent = recurrent[:, : 2 * cell.units]
            self._recurrent_candidate = recurrent[:, 2 * cell.units :]
        self._bias, self._recurrent_bias = _biases(cell)
        self._activation = cell.activation
        self._gate = cell.recurrent_activation

    def project(self, inputs: Tensor) -> Tensor:
        """See base."""
        return project_steps(inputs, self._kernel, self._bias)

    def step(self, projected: Tensor, states: States) -> tuple[Tensor, States]:
        """See base."""
        (hidden,) = states
        x_update, x_reset, x_candidate = tf.split(projected, 3, axis=1)
        recurrent = tf.matmul(hidden, self._recurrent)
        if self._recurrent_bias is not None:
            recurrent = recurrent + self._recurrent_bias
        if self._reset_after:
            h_update, h_reset, h_candidate = tf.split(recurrent, 3, axis=1)
            candidate = self._gate(x_reset + h_reset) * h_candidate
        else:
            h_update, h_reset = tf.split(recurrent, 2, axis=1)
            candidate = tf.matmul(self._gate(x_reset + h_reset) * hidden, self._recurrent_candidate)
        update = self._gate(x_update + h_update)
        proposal = self._activation(x_candidate + candidate)
        # update * hidden + (1 - update) * proposal, in one operation less.
        hidden = proposal + update * (hidden - proposal)
        return hidden, (hidden,)


def _biases(cell: Any) -> tuple[Tensor | None, Tensor | None]:
    if not cell.use_bias:
        return None, None
    bias = tf.convert_to_tensor(cell.bias)
    return (bias[0], bias[1]) if cell.reset_after else (bias, None)
