"""What a cell's lowering offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import tensorflow as tf

Tensor = Any  # tf.Tensor: TensorFlow ships no types that mypy can follow
States = tuple[Tensor, ...]
# What a step needs of the inputs: one tensor, or several where a step would have to divide it.
Projected = tuple[Tensor, ...]


class CellLowering(ABC):
    """One Keras cell as TensorFlow operations, made anew in every trace.

    The weights are read once, in the constructor: every step then uses the same tensor, which becomes one
    constant in the file. Reading them in each step would make as many constants as there are steps.

    Attributes:
      state_names: short names of the states, flat and in Keras's order.
      output_state: index of the state that is also the cell's output, or None where there is none.
    """

    state_names: tuple[str, ...]
    output_state: int | None = 0

    @abstractmethod
    def __init__(self, cell: Any) -> None:
        """Reads the weights of `cell`."""

    @abstractmethod
    def project(self, inputs: Tensor) -> Projected:
        """The part that needs no state, for all steps at once.

        From [batch, steps, ...] to one or more of [batch, steps, ...].
        """

    @abstractmethod
    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """One step: what `project` gave for it, [batch, ...] each, and the states -> the output and the new states."""


def project_steps(inputs: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
    """One matrix product for all steps: [batch, steps, features] -> [batch, steps, gates * units]."""
    shape, static = tf.shape(inputs), inputs.shape
    features, width = int(kernel.shape[0]), int(kernel.shape[1])
    projected = tf.matmul(tf.reshape(inputs, [-1, features]), kernel)
    if bias is not None:
        projected = projected + bias
    batch = shape[0] if static[0] is None else static[0]
    steps = shape[1] if static[1] is None else static[1]
    return tf.reshape(projected, [batch, steps, width])
