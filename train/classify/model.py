"""The classifier in Keras 3, from built-in layers only."""

from __future__ import annotations

from typing import Any

import keras

from edgernn.train.classify.options import ClassifyOptions

INPUT, OUTPUT = "tokens", "probabilities"

_LAYERS = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "simple_rnn": keras.layers.SimpleRNN}


def build_model(options: ClassifyOptions, vocabulary: int, labels: int) -> Any:
    """Token ids, int32 [batch, time] -> probabilities, float32 [batch, labels].

    Args:
      options: sizes and kinds.
      vocabulary: number of token ids; id 0 is padding and masked.
      labels: number of labels.
    """
    tokens = keras.Input((None,), dtype="int32", name=INPUT)
    x = keras.layers.Embedding(vocabulary, options.embedding_dim, mask_zero=True, name="embedding")(tokens)
    x = keras.layers.SpatialDropout1D(options.dropout, name="embedding_dropout")(x)
    for number in range(options.layers):
        last = number == options.layers - 1
        x = _recurrent(options, number, return_sequences=not last or options.pooling != "last")(x)
    if options.pooling == "mean":
        x = keras.layers.GlobalAveragePooling1D(name="mean")(x)
    x = keras.layers.Dropout(options.dropout, name="state_dropout")(x)
    return keras.Model(tokens, keras.layers.Dense(labels, activation="softmax", name=OUTPUT)(x), name="classifier")


def _recurrent(options: ClassifyOptions, number: int, return_sequences: bool) -> Any:
    name = f"{options.cell}_{number + 1}"
    layer = _LAYERS[options.cell](options.units, return_sequences=return_sequences, name=name)
    return keras.layers.Bidirectional(layer, name=f"bidirectional_{number + 1}") if options.bidirectional else layer
