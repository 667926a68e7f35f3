"""GRU (Cho et al. 2014), as Keras computes it, in both variants of `reset_after`."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor, project_steps


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

    def project(self, inputs: Tensor) -> Projected:
        """See base. Gates and candidate apart, so that no step has to divide them."""
        both = 2 * self._units
        bias = (None, None) if self._bias is None else (self._bias[:both], self._bias[both:])
        return (
            project_steps(inputs, self._kernel[:, :both], bias[0]),
            project_steps(inputs, self._kernel[:, both:], bias[1]),
        )

    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """See base."""
        (hidden,) = states
        x_gates, x_candidate = projected
        both = 2 * self._units
        recurrent = tf.matmul(hidden, self._recurrent)
        if self._recurrent_bias is not None:
            recurrent = recurrent + self._recurrent_bias
        # The two gates side by side: each operation of an unrolled step counts, however little it computes.
        gates = self._gate(x_gates + recurrent[:, :both])
        update, reset = tf.split(gates, 2, axis=1)
        if self._reset_after:
            candidate = reset * recurrent[:, both:]
        else:
            candidate = tf.matmul(reset * hidden, self._recurrent_candidate)
        proposal = self._activation(x_candidate + candidate)
        # update * hidden + (1 - update) * proposal, in one operation less.
        hidden = proposal + update * (hidden - proposal)
        return hidden, (hidden,)


def _biases(cell: Any) -> tuple[Tensor | None, Tensor | None]:
    if not cell.use_bias:
        return None, None
    bias = tf.convert_to_tensor(cell.bias)
    return (bias[0], bias[1]) if cell.reset_after else (bias, None)
