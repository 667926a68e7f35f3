"""The decoder over whole sentences, as it is trained: the step model's layers, each step given what should be said."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from edgernn.train.translate.model import FEED, attend, state_names
from edgernn.train.translate.options import TranslateOptions


class FeedingCell(keras.layers.Layer):  # type: ignore[misc]
    """A cell for `keras.layers.RNN`: one step of the decoder. What it attends to is given by `attend_to`.

    Args:
      options: the model.
      step: the model from whose layers it takes its weights.
    """

    def __init__(self, options: TranslateOptions, step: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = [step.get_layer(f"decoder_{number}").cell for number in range(options.decoder_layers)]
        self.combine = step.get_layer("combine")
        self.dropout = keras.layers.Dropout(options.dropout) if options.dropout else None
        names = state_names(options)
        self.state_size = [options.embedding_dim if name == FEED else options.units for name in names]
        self.output_size = options.embedding_dim
        self.states_of_a_cell = (len(names) - 1) // options.decoder_layers
        self.built = True  # the step model's layers are

    def attend_to(self, keys: Any, values: Any, bias: Any) -> None:
        """For the next sequence; see `attend`."""
        self.keys, self.values, self.bias = keys, values, bias

    def call(self, inputs: Any, states: Any, training: bool = False) -> tuple[Any, list[Any]]:
        """Embedded tokens [batch, embedding_dim] and the states -> the vector for the softmax, the states."""
        *before, feed = states
        x = ops.concatenate([inputs, feed], axis=-1)
        after: list[Any] = []
        for number, cell in enumerate(self.cells):
            start = number * self.states_of_a_cell
            if number and self.dropout is not None:
                x = self.dropout(x, training=training)
            x, following = cell(x, before[start : start + self.states_of_a_cell], training=training)
            after += following if isinstance(following, (list, tuple)) else [following]
        _, feed = attend(x, self.keys, self.values, self.bias, self.combine)
        return feed, [*after, feed]
