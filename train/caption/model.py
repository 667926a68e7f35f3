"""The two networks of a captioner, encoder and step, and the model that holds both.

Attention is that of Xu et al. 2015 (Show, Attend and Tell): an additive score of each place by the decoder's state
before the step, a gate on what is attended to, and that as an input of the recurrent cell. Adaptive attention is that
of Lu et al. 2017 (Knowing When to Look): the state after the step looks, and may look at a visual sentinel instead, a
gated piece of the cell's memory. Keys and values are projected once a picture: a weighted sum's projection is the
weighted sum of the projections. The softmax's table is the embedding of the tokens (Press and Wolf 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from edgernn.train.caption.options import CaptionOptions

ENCODER, STEP = "encoder", "step"
PICTURE, TOKEN, LOGITS, ATTENTION = "picture", "token", "logits", "attention"
KEYS, VALUES = "keys", "values"
MEMORY = (KEYS, VALUES)
PLACES, STANDARD, TABLE, RECURRENT = "places", "standard", "embedding", "decoder_0"
_PLAIN = ("query", "energy", "gate", "combine")
_ADAPTIVE = ("query", "energy", "sentinel_gate", "sentinel_key", "sentinel_value", "combine")

# From an input and the states before it to the output and the states after it.
Recur = Callable[[Any, Sequence[Any]], tuple[Any, Sequence[Any]]]


@dataclass(frozen=True)
class Sizes:
    """Of what a model reads and writes.

    Attributes:
      tokens: of the vocabulary.
      places: that the encoder sees in a picture.
      channels: of each place.
    """

    tokens: int
    places: int
    channels: int


def state_names(options: CaptionOptions) -> tuple[str, ...]:
    """The decoder's recurrent states: "state_0_h", and of an LSTM "state_0_c"."""
    return ("state_0_h",) if options.cell == "gru" else ("state_0_h", "state_0_c")


def build_model(options: CaptionOptions, sizes: Sizes, network: Any) -> Any:
    """Encoder and step wired for one step; Keras's own layers alone.

    Its nested models, as layers named "encoder" and "step":

    - encoder: "picture" float32 [batch, size, size, 3] -> "keys" float32 [batch, places, units], "values" float32
      [batch, places, embedding_dim], and the decoder's first states by their names, float32 [batch, units];
    - step: "token" int32 [batch, 1], the states, "keys", "values" -> "logits" float32 [batch, tokens], the states that
      follow by the same names, "attention" float32 [batch, places].

    Args:
      options: the model.
      sizes: of vocabulary and features.
      network: convolutional, float32 [batch, size, size, 3] to [batch, rows, columns, channels]; becomes a part of the
        model, and its normalization stays as it is also in training.
    """
    encoder, step = _encoder(options, sizes, network), _step(options, sizes)
    picture = keras.Input(network.input_shape[1:], name=PICTURE)
    token = keras.Input((1,), dtype="int32", name=TOKEN)
    states = _state_inputs(options)
    memory = encoder({PICTURE: picture})
    outputs = step({TOKEN: token, **states, **{name: memory[name] for name in MEMORY}})
    return keras.Model({PICTURE: picture, TOKEN: token, **states}, outputs, name="captioner")


def project(options: CaptionOptions, layer: Callable[[str], Any], features: Any) -> dict[str, Any]:
    """What the decoder needs of a picture.

    Args:
      options: the model.
      layer: the encoder's layers by name.
      features: standardized, float32 [batch, places, channels].

    Returns:
      "keys", "values" and the first states: see `build_model`.
    """
    mean = ops.mean(features, axis=1)
    first = {name: layer(f"first_{name}")(mean) for name in state_names(options)}
    return {KEYS: layer(KEYS)(features), VALUES: layer(VALUES)(features), **first}


def advance(
    options: CaptionOptions,
    layer: Callable[[str], Any],
    recur: Recur,
    x: Any,
    states: Sequence[Any],
    memory: Mapping[str, Any],
) -> tuple[Any, Any, Sequence[Any]]:
    """One step of the decoder.

    Args:
      options: the model.
      layer: the step's layers by name.
      recur: one step of its recurrent layer.
      x: the last token's vector, [batch, embedding_dim].
      states: before the step, each [batch, units].
      memory: "keys" and "values".

    Returns:
      The vector for the softmax [batch, embedding_dim], the attention [batch, places], the states after the step.
    """
    keys, values = memory[KEYS], memory[VALUES]
    if options.adaptive:
        x_and_picture = ops.concatenate([x, ops.mean(values, axis=1)], axis=-1)
        h, after = recur(x_and_picture, states)
        gate = layer("sentinel_gate")(ops.concatenate([x_and_picture, states[0]], axis=-1))
        sentinel = gate * ops.tanh(after[-1])
        seen = [keys, ops.expand_dims(layer("sentinel_key")(sentinel), 1)]
        share = _shares(layer, h, ops.concatenate(seen, axis=1))
        attention, blind = share[:, :-1], share[:, -1:]
        context = _weighted(attention, values) + blind * layer("sentinel_value")(sentinel)
    else:
        attention = _shares(layer, states[0], keys)
        context = layer("gate")(states[0]) * _weighted(attention, values)
        h, after = recur(ops.concatenate([x, context], axis=-1), states)
    return ops.tanh(context + layer("combine")(ops.concatenate([h, x], axis=-1))), attention, after


def decoder_layers(options: CaptionOptions) -> tuple[str, ...]:
    """Names of the step's Dense layers."""
    return _ADAPTIVE if options.adaptive else _PLAIN


def _encoder(options: CaptionOptions, sizes: Sizes, network: Any) -> Any:
    picture = keras.Input(network.input_shape[1:], name=PICTURE)
    # Without `training=False` a network that is trained too would normalize by the batch, on pictures like its own.
    seen = network(picture, training=False)
    places = keras.layers.Reshape((sizes.places, sizes.channels), name=PLACES)(seen)
    # Channels by mean and deviation over the training pictures, which are its weights: see `standardize`.
    standard = keras.layers.BatchNormalization(center=False, scale=False, trainable=False, name=STANDARD)
    layers = {
        KEYS: keras.layers.Dense(options.units, name=KEYS),
        VALUES: keras.layers.Dense(options.embedding_dim, name=VALUES),
        **{
            f"first_{name}": keras.layers.Dense(options.units, activation="tanh", name=f"first_{name}")
            for name in state_names(options)
        },
    }
    found = project(options, layers.__getitem__, standard(places, training=False))
    return keras.Model({PICTURE: picture}, found, name=ENCODER)


def _step(options: CaptionOptions, sizes: Sizes) -> Any:
    token = keras.Input((1,), dtype="int32", name=TOKEN)
    states = _state_inputs(options)
    memory = {
        KEYS: keras.Input((sizes.places, options.units), name=KEYS),
        VALUES: keras.Input((sizes.places, options.embedding_dim), name=VALUES),
    }
    table = keras.layers.ReversibleEmbedding(
        sizes.tokens,
        options.embedding_dim,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=options.embedding_dim**-0.5, seed=options.seed),
        name=TABLE,
    )
    kind = keras.layers.GRU if options.cell == "gru" else keras.layers.LSTM
    recurrent = kind(options.units, return_state=True, name=RECURRENT)

    def recur(x: Any, before: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        h, *after = recurrent(ops.expand_dims(x, 1), initial_state=list(before))
        return h, after

    layers = _dense_layers(options)
    x = keras.layers.Reshape((options.embedding_dim,), name="token_vector")(table(token))
    vector, attention, after = advance(options, layers.__getitem__, recur, x, list(states.values()), memory)
    outputs = {
        LOGITS: keras.layers.Identity(name=LOGITS)(table(vector, reverse=True)),
        **dict(zip(states, after, strict=True)),
        ATTENTION: keras.layers.Identity(name=ATTENTION)(attention),
    }
    return keras.Model({TOKEN: token, **states, **memory}, outputs, name=STEP)


def _dense_layers(options: CaptionOptions) -> dict[str, Any]:
    units, dim = options.units, options.embedding_dim
    made = {
        "query": keras.layers.Dense(units, use_bias=False, name="query"),
        "energy": keras.layers.Dense(1, use_bias=False, name="energy"),
        "gate": keras.layers.Dense(1, activation="sigmoid", name="gate"),
        "sentinel_gate": keras.layers.Dense(units, activation="sigmoid", name="sentinel_gate"),
        "sentinel_key": keras.layers.Dense(units, name="sentinel_key"),
        "sentinel_value": keras.layers.Dense(dim, name="sentinel_value"),
        "combine": keras.layers.Dense(dim, name="combine"),
    }
    return {name: made[name] for name in decoder_layers(options)}


def _shares(layer: Callable[[str], Any], h: Any, keys: Any) -> Any:
    """Of what there is to look at, [batch, places]; they add up to 1 (Bahdanau et al. 2015)."""
    query = ops.expand_dims(layer("query")(h), 1)
    energy = ops.squeeze(layer("energy")(ops.tanh(keys + query)), -1)
    return ops.softmax(energy, axis=-1)


def _weighted(attention: Any, values: Any) -> Any:
    return ops.squeeze(ops.matmul(ops.expand_dims(attention, 1), values), 1)


def _state_inputs(options: CaptionOptions) -> dict[str, Any]:
    return {name: keras.Input((options.units,), name=name) for name in state_names(options)}
