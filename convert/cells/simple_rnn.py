"""The simple recurrent network (Elman 1990), as Keras computes it."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor, project_steps


class SimpleRnnLowering(CellLowering):
    """One state, which is the output."""

    state_names = ("h",)

    def __init__(self, cell: Any) -> None:
        self._kernel = tf.convert_to_tensor(cell.kernel)
        self._recurrent = tf.convert_to_tensor(cell.recurrent_kernel)
        self._bias = tf.convert_to_tensor(cell.bias) if cell.use_bias else None
        self._activation = cell.activation

    def project(self, inputs: Tensor) -> Projected:
        """See base."""
        return (project_steps(inputs, self._kernel, self._bias),)

    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """See base."""
        (hidden,) = states
        total = projected[0] + tf.matmul(hidden, self._recurrent)
        hidden = self._activation(total) if self._activation is not None else total
        return hidden, (hidden,)
