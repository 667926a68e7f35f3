"""The networks: one that is trained, with states that stay from batch to batch, and the plain one that is kept."""

from __future__ import annotations

from typing import Any

import keras

from edgernn.train.lm.cifg import CifgCell, as_lstm
from edgernn.train.lm.options import LmOptions

_EMBEDDING, _PROJECTION = "embedding", "projection"
_SCALE = 0.1


def training_network(options: LmOptions, vocabulary: int, batch_size: int) -> Any:
    """From ids and states to vectors, to be multiplied with the table, and the states that follow.

    Inputs: ids int32 [batch_size, any], then the states of each layer, float32 [batch_size, units]. Outputs: float32
    [batch_size, any, embedding_dim], then the states. Keras's own `stateful` layers would keep theirs where the JAX
    backend does not see them.

    Tied embeddings (Press and Wolf 2017; Inan et al. 2017); variational dropout (Gal and Ghahramani 2016) between the
    layers and on the recurrent weights, as in AWD-LSTM (Merity et al. 2018) as far as Keras's layers allow.

    Args:
      options: the model.
      vocabulary: number of tokens.
      batch_size: streams side by side.
    """
    ids = keras.Input((None,), batch_size=batch_size, dtype="int32", name="ids")
    x = _embedding(options, vocabulary)(ids)
    if options.word_dropout:
        x = WordDropout(vocabulary, options.word_dropout, seed=options.seed)([x, ids])
    x = _locked_dropout(options, x)
    before: list[Any] = []
    after: list[Any] = []
    for number in range(options.layers):
        count = 1 if options.cell == "gru" else 2
        states = [keras.Input((options.units,), batch_size=batch_size) for _ in range(count)]
        x, *following = _trained_layer(options, number)(x, initial_state=states)
        x = _locked_dropout(options, x)
        before += states
        after += following
    return keras.Model([ids, *before], [_projected(options, x), *after])


def build_model(options: LmOptions, vocabulary: int) -> Any:
    """From ids int32 [any, any] to logits float32 [any, any, vocabulary]; Keras's own layers alone."""
    ids = keras.Input((None,), dtype="int32", name="ids")
    embedding = _embedding(options, vocabulary)
    x = embedding(ids)
    for number in range(options.layers):
        kind = keras.layers.GRU if options.cell == "gru" else keras.layers.LSTM
        x = kind(options.units, return_sequences=True, name=_layer_name(number))(x)
    logits = embedding(_projected(options, x), reverse=True)
    return keras.Model(ids, keras.layers.Identity(name="logits")(logits))


def bare_model(options: LmOptions, vocabulary: int, trained: Any) -> Any:
    """`build_model` with the weights of a training network."""
    model = build_model(options, vocabulary)
    for layer in model.layers:
        if not layer.weights:
            continue
        weights = trained.get_layer(layer.name).get_weights()
        coupled = options.cell == "cifg" and layer.name.startswith("recurrent")
        layer.set_weights(as_lstm(weights) if coupled else weights)
    return model


class WordDropout(keras.layers.Layer):  # type: ignore[misc]
    """Drops tokens of the vocabulary, wherever they stand in a batch (Gal and Ghahramani 2016)."""

    def __init__(self, vocabulary: int, rate: float, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.vocabulary, self.rate = vocabulary, rate
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Vectors [batch, time, size] and ids [batch, time] -> vectors."""
        vectors, ids = inputs
        if not training:
            return vectors
        ones = keras.ops.ones((self.vocabulary,), vectors.dtype)
        kept = keras.random.dropout(ones, self.rate, seed=self.seed_generator)
        return vectors * keras.ops.expand_dims(keras.ops.take(kept, ids), -1)


def _embedding(options: LmOptions, vocabulary: int) -> Any:
    initializer = keras.initializers.RandomUniform(-_SCALE, _SCALE, seed=options.seed)
    return keras.layers.ReversibleEmbedding(
        vocabulary, options.embedding_dim, embeddings_initializer=initializer, name=_EMBEDDING
    )


def _trained_layer(options: LmOptions, number: int) -> Any:
    shared = {"return_sequences": True, "return_state": True, "name": _layer_name(number)}
    if options.cell == "cifg":
        return keras.layers.RNN(CifgCell(options.units, recurrent_dropout=options.recurrent_dropout), **shared)
    kind = keras.layers.GRU if options.cell == "gru" else keras.layers.LSTM
    return kind(options.units, recurrent_dropout=options.recurrent_dropout, seed=options.seed + number, **shared)


def _projected(options: LmOptions, x: Any) -> Any:
    if options.units == options.embedding_dim:
        return x
    return keras.layers.Dense(options.embedding_dim, name=_PROJECTION)(x)


def _locked_dropout(options: LmOptions, x: Any) -> Any:
    if not options.dropout:
        return x
    return keras.layers.Dropout(options.dropout, noise_shape=(x.shape[0], 1, x.shape[2]))(x)


def _layer_name(number: int) -> str:
    return f"recurrent_{number}"
