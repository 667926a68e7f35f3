"""What a cell's lowering offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

Tensor = Any  # tf.Tensor: TensorFlow ships no types that mypy can follow
States = tuple[Tensor, ...]


class CellLowering(ABC):
    """One Keras cell as TensorFlow operations, made anew in every trace.

    The weights are read once, in the constructor: every step then uses the same tensor, which becomes one
    constant in the file. Reading them in each step would make as many constants as there are steps.

    Attributes:
      state_names: short names of the states, in Keras's order; the first one is also the cell's output.
    """

    state_names: tuple[str, ...]

    @abstractmethod
    def __init__(self, cell: Any) -> None:
        """Reads the weights of `cell`."""

    @abstractmethod
    def project(self, inputs: Tensor) -> Tensor:
        """The part that needs no state, for all steps at once: [steps, features] -> [steps, gates * units]."""

    @abstractmethod
    def step(self, projected: Tensor, states: States) -> States:
        """One step: projected [1, gates * units] and the states [1, units] -> the new states."""
