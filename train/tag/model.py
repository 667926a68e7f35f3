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


def build_model(options: TagOptions, prepared: Prepared, vectors: npt.NDArray[np.float32] | None) -> Any:
    """From the inputs of `TagSpec` to float32 [any, any, labels] for each column.

    Args:
      options: the model.
      prepared: lists and columns.
      vectors: float32 [words + 2, word_dim] to begin with, or None.
    """
    spec = prepared.spec
    words = keras.Input((None,), dtype="int32", name=spec.words.input)
    shapes = keras.Input((None,), dtype="int32", name=spec.shapes)
    inputs = [words, shapes]
    size = vectors.shape[1] if vectors is not None else options.word_dim
    given = keras.initializers.Constant(vectors) if vectors is not None else "uniform"
    table = layers.Embedding(len(prepared.words) + FIRST, size, embeddings_initializer=given, name=EMBEDDING)
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
