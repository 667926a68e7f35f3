"""How each recurrent cell is computed, with its input projection hoisted out of the loop."""

from __future__ import annotations

from typing import Any

import keras

from edgernn.convert.cells.base import CellLowering
from edgernn.convert.cells.gru import GruLowering
from edgernn.convert.cells.keras_cell import KerasCellLowering
from edgernn.convert.cells.lstm import LstmLowering
from edgernn.convert.cells.simple_rnn import SimpleRnnLowering
from edgernn.convert.cells.stacked import StackedLowering

__all__ = ["CELLS", "CellLowering", "lower_cell"]

# By exact class: a subclass may compute something else.
CELLS: dict[type, type[CellLowering]] = {
    keras.layers.GRUCell: GruLowering,
    keras.layers.LSTMCell: LstmLowering,
    keras.layers.SimpleRNNCell: SimpleRnnLowering,
}


def lower_cell(cell: Any) -> CellLowering:
    """The lowering of a Keras cell. Call it while tracing."""
    if type(cell) is keras.layers.StackedRNNCells:
        return StackedLowering([lower_cell(inner) for inner in cell.cells])
    return CELLS.get(type(cell), KerasCellLowering)(cell)
