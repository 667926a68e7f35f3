"""Any other cell: Keras's own code for a step, nothing hoisted."""

from __future__ import annotations

from typing import Any

import keras

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor


class KerasCellLowering(CellLowering):
    """Calls the cell itself. Convolutional LSTMs (Shi et al. 2015) come this way."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell
        sizes = keras.tree.flatten(cell.state_size)
        convolutional = type(cell).__name__ == "ConvLSTMCell"
        self.state_names = ("h", "c") if convolutional else tuple(str(i) for i in range(len(sizes)))
        self.output_state = 0 if convolutional else None

    def project(self, inputs: Tensor) -> Projected:
        """See base."""
        return (inputs,)

    def step(self, projected: Projected, states: States) -> tuple[Tensor, States]:
        """See base."""
        output, new = self._cell(projected[0], list(states), training=False)
        return output, tuple(keras.tree.flatten(new))
