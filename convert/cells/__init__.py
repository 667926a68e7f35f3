"""How each recurrent cell is computed, with its input projection hoisted out of the loop."""

from __future__ import annotations

from typing import Any

import keras

from edgernn.convert.cells.base import CellLowering
from edgernn.convert.cells.gru import GruLowering
from edgernn.convert.cells.lstm import LstmLowering
from edgernn.convert.cells.simple_rnn import SimpleRnnLowering

__all__ = ["CELLS", "CellLowering", "lower_cell"]

# By exact class: a subclass may compute something else.
CELLS: dict[type, type[CellLowering]] = {
    keras.layers.GRUCell: GruLowering,
    keras.layers.LSTMCell: LstmLowering,
    keras.layers.SimpleRNNCell: SimpleRnnLowering,
}


def lower_cell(cell: Any) -> CellLowering | None:
    """The lowering of a Keras cell, or None where the registry has none. Call it while tracing."""
    lowering = CELLS.get(type(cell))
    return lowering(cell) if lowering else None
