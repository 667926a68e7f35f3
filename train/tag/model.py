"""The network: words, their characters and shapes, recurrent layers, a score for each label of each column."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers, ops

from edgernn.edge_runtime.tag.features import FIRST, PAD, SHAPES
from edgernn.train.tag.options import TagOptions
from edgernn.train.tag.prepare import Prepared

EMBEDDING = "word_vectors"
_WINDOW = 3
Vectors = npt.NDArray[np.float32]


def build_model(options: TagOptions, prepared: Prepared, vectors: Vectors | None) -> Any:
    """From the inputs of `TagSpec` to float32 [any, any, labels] for each column, of Keras's own layers alone.

    Args:
      options: the model.
      prepared: lists and columns.
      vectors: float32 [words + 2, size] to begin with, or None.
    """
    size = vectors.shape[1] if vectors is not None else options.word_dim
    given = keras.initializers.Constant(vectors) if vectors is not None else "uniform"
    rows = len(prepared.words) + FIRST
    table = layers.Embedding(rows, size, embeddings_initializer=given, name=EMBEDDING)
    return _network(options, prepared, table, size)


def training_network(options: TagOptions, prepared: Prepared, vectors: Vectors | None) -> Any:
    """As `build_model`; words that training does not show have a table of their own, which the optimizer passes by."""
    if vectors is None or prepared.seen == len(prepared.words):
        return build_model(options, prepared, vectors)
    table = PartlyLearnt(vectors, prepared.seen + FIRST, name=EMBEDDING)
    return _network(options, prepared, table, vectors.shape[1])


def bare_model(options: TagOptions, prepared: Prepared, network: Any) -> Any:
    """From `build_model`, with the weights of a training network."""
    weights = [layer.get_weights() for layer in network.layers]
    table = network.get_layer(EMBEDDING)
    rows = np.concatenate(table.get_weights())
    model = build_model(options, prepared, np.zeros_like(rows))
    for layer, values in zip(model.layers, weights, strict=True):
        layer.set_weights([rows] if layer.name == EMBEDDING else values)
    return model


class PartlyLearnt(layers.Layer):  # type: ignore[misc]
    """Vectors by id, of which the first ones are learnt.

    Args:
      vectors: float32 [ids, size] to begin with.
      learnt: how many.
    """

    def __init__(self, vectors: Vectors, learnt: int, **options: Any) -> None:
        super().__init__(**options)
        parts = {"learnt": vectors[:learnt], "given": vectors[learnt:]}
        self._learnt, self._given = (
            self.add_weight(
                part.shape, initializer=keras.initializers.Constant(part), trainable=name == "learnt", name=name
            )
            for name, part in parts.items()
        )
        self.built = True

    def call(self, ids: Any) -> Any:
        """Float32 [batch, time, size]."""
        count = self._learnt.shape[0]
        # A row of the other table's stands in where the id is not of this one.
        learnt = ops.take(self._learnt, ops.minimum(ids, count - 1), axis=0)
        given = ops.take(self._given, ops.maximum(ids - count, 0), axis=0)
        return ops.where(ops.expand_dims(ids < count, -1), learnt, given)


def _network(options: TagOptions, prepared: Prepared, table: Any, size: int) -> Any:
    spec = prepared.spec
    words = keras.Input((None,), dtype="int32", name=spec.words.input)
    shapes = keras.Input((None,), dtype="int32", name=spec.shapes)
    inputs = [words, shapes]
    joined = 2 * size + options.characters
    # A sum of projections is a projection of the parts side by side.
    parts = [layers.Dense(joined, use_bias=False, name="words_in")(layers.Dropout(options.dropout)(table(words)))]
    parts.append(layers.Embedding(SHAPES, joined, name="shapes_in")(shapes))
    if spec.characters is not None:
        characters = keras.Input((None, options.width), dtype="int32", name=spec.characters.input)
        inputs.append(characters)
        found = layers.Dropout(options.dropout)(_of_characters(options, prepared, characters))
        parts.append(layers.Dense(joined, use_bias=False, name="characters_in")(found))
    x = layers.Add()(parts)
    # Embedding's own mask would be lost where the characters, which have none, are added.
    real = ops.not_equal(words, PAD)
    for number in range(options.layers):
        # The first layer's parts have been thinned out before they were added.
        x = layers.Dropout(options.dropout)(x) if number else x
        x = _recurrent(options, number)(x, mask=real)
    x = layers.Dropout(options.dropout)(x)
    outputs = {c.output: layers.Dense(len(prepared.labels[c.name]), name=c.output)(x) for c in spec.columns}
    return keras.Model(inputs, outputs)


def _of_characters(options: TagOptions, prepared: Prepared, characters: Any) -> Any:
    """The greatest answer of each filter over a word's characters (Ma and Hovy 2016)."""
    x = layers.Embedding(len(prepared.characters) + FIRST, options.character_dim, name="character_vectors")(characters)
    # Windows one word high: [batch, words, characters, size].
    x = layers.Conv2D(options.characters, (1, _WINDOW), padding="same", activation="tanh", name="windows")(x)
    x = layers.MaxPooling2D((1, options.width))(x)
    return layers.Reshape((-1, options.characters))(x)


def _recurrent(options: TagOptions, number: int) -> Any:
    kind = layers.GRU if options.cell == "gru" else layers.LSTM
    layer = kind(options.units, return_sequences=True, name=f"recurrent_{number}")
    if options.direction == "forward":
        return layer
    return layers.Bidirectional(layer, name=f"both_ways_{number}")
