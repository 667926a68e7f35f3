"""The decoder over whole captions, as it is trained: the step model's layers, each step given what should be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from edgernn.train.caption.model import MEMORY, RECURRENT, advance
from edgernn.train.caption.options import CaptionOptions


class AttendingCell(keras.layers.Layer):  # type: ignore[misc]
    """A cell for `keras.layers.RNN`: one step of the decoder. What it attends to is given by `attend_to`.

    Args:
      options: the model.
      step: the model from whose layers it takes its weights.
      places: that it attends to.
    """

    def __init__(self, options: CaptionOptions, step: Any, places: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options
        self.cell = step.get_layer(RECURRENT).cell
        self.layer = step.get_layer
        self.state_size = [options.units] * (1 if options.cell == "gru" else 2)
        self.output_size = options.embedding_dim + places
        self.built = True  # the step model's layers are

    def attend_to(self, memory: Mapping[str, Any]) -> None:
        """For the next captions."""
        self.memory = {name: memory[name] for name in MEMORY}

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """A token's vector [batch, embedding_dim] and the states -> the vector for the softmax beside the attention."""

        def recur(x: Any, before: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
            h, after = self.cell(x, list(before), training=training)
            return h, after if isinstance(after, (list, tuple)) else [after]

        before = list(states) if isinstance(states, (list, tuple)) else [states]
        vector, attention, after = advance(self.options, self.layer, recur, inputs, before, self.memory)
        return ops.concatenate([vector, attention], axis=-1), list(after)
