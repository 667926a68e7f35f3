"""The two networks of a translator, encoder and step, and the model that holds both.

Attention with input feeding (Luong et al. 2015): what the decoder attended to and said in one step is an input of the
next. Its score is the product of the decoder's state with keys that are projected from the encoder's states once a
sentence; what it attends to ("values") is projected once as well, since a weighted sum's projection is the weighted sum
of the projections. The softmax's table is the embedding of the target's tokens (Press and Wolf 2017).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from edgernn.train.translate.options import TranslateOptions
from edgernn.train.translate.tokenizer import PAD_ID

ENCODER, STEP = "encoder", "step"
SOURCE, TOKEN, LOGITS, ATTENTION = "source", "token", "logits", "attention"
KEYS, VALUES, BIAS = "keys", "values", "bias"
FEED = "state_feed"
MEMORY = (KEYS, VALUES, BIAS)
# Added to the score of a padded position.
_NEVER = -1e9


@dataclass(frozen=True)
class Sizes:
    """Numbers of tokens of source and target."""

    source: int
    target: int


def state_names(options: TranslateOptions) -> tuple[str, ...]:
    """The decoder's recurrent states by layer: "state_0_h", "state_0_c", ...; and what is fed into the next step."""
    kinds = ("h",) if options.cell == "gru" else ("h", "c")
    return (*(f"state_{layer}_{kind}" for layer in range(options.decoder_layers) for kind in kinds), FEED)


def build_model(options: TranslateOptions, sizes: Sizes) -> Any:
    """Encoder and step wired for one step; Keras's own layers alone.

    Its nested models, as layers named "encoder" and "step":

    - encoder: "source" int32 [batch, source], 0 behind a sentence's end -> "keys" float32 [batch, source, units],
      "values" float32 [batch, source, embedding_dim], "bias" float32 [batch, source] (0, or -1e9 where nothing is),
      and the decoder's first states by their names (but for "state_feed": zeros are fed into the first step);
    - step: "token" int32 [batch, 1], the states, "keys", "values", "bias" -> "logits" float32 [batch, target's tokens],
      the states that follow by the same names, "attention" float32 [batch, source].

    Args:
      options: the model.
      sizes: of the vocabularies.
    """
    table = keras.layers.ReversibleEmbedding(
        sizes.target, options.embedding_dim, embeddings_initializer=_table(options, 1), name="target_embedding"
    )
    encoder = _encoder(options, sizes)
    step = _step(options, table)
    source = keras.Input((None,), dtype="int32", name=SOURCE)
    token = keras.Input((1,), dtype="int32", name=TOKEN)
    states = _state_inputs(options)
    memory = encoder({SOURCE: source})
    outputs = step({TOKEN: token, **states, **{name: memory[name] for name in MEMORY}})
    return keras.Model({SOURCE: source, TOKEN: token, **states}, outputs, name="translator")


def bare_model(options: TranslateOptions, sizes: Sizes, trained: Any) -> Any:
    """A model for one step, float32 and without dropout, with the weights of a trained one."""
    model = build_model(options, sizes)
    model.set_weights(trained.get_weights())
    return model


def _encoder(options: TranslateOptions, sizes: Sizes) -> Any:
    """Bidirectional layers; padding is masked, so that a sentence's vectors do not depend on its neighbours."""
    kind = keras.layers.GRU if options.cell == "gru" else keras.layers.LSTM
    source = keras.Input((None,), dtype="int32", name=SOURCE)
    x = keras.layers.Embedding(
        sizes.source,
        options.embedding_dim,
        embeddings_initializer=_table(options, 0),
        mask_zero=True,
        name="source_embedding",
    )(source)
    last: list[Any] = []
    for number in range(options.encoder_layers):
        x = _dropped(options, x)
        layer = kind(options.encoder_units, return_sequences=True, return_state=True, name=f"encoder_{number}")
        x, *last = keras.layers.Bidirectional(layer, name=f"bidirectional_{number}")(x)
    # A copy has no mask of Keras's: from here on padding is the bias's affair.
    memory = ops.copy(_dropped(options, x))
    padding = ops.cast(ops.equal(source, PAD_ID), memory.dtype)
    outputs = {
        KEYS: keras.layers.Dense(options.units, use_bias=False, name="keys")(memory),
        VALUES: keras.layers.Dense(options.embedding_dim, use_bias=False, name="values")(memory),
        BIAS: padding * _NEVER,
        **_first_states(options, last),
    }
    return keras.Model({SOURCE: source}, outputs, name=ENCODER)


def _first_states(options: TranslateOptions, last: list[Any]) -> dict[str, Any]:
    """From the last layer's two ends (Bahdanau et al. 2015 took one of them)."""
    ends = keras.layers.Concatenate(name="ends")([last[0], last[len(last) // 2]])
    return {
        name: keras.layers.Dense(options.units, activation="tanh", name=f"first_{name}")(ends)
        for name in state_names(options)
        if name != FEED
    }


def _step(options: TranslateOptions, table: Any) -> Any:
    kind = keras.layers.GRU if options.cell == "gru" else keras.layers.LSTM
    token = keras.Input((1,), dtype="int32", name=TOKEN)
    before = _state_inputs(options)
    keys = keras.Input((None, options.units), name=KEYS)
    values = keras.Input((None, options.embedding_dim), name=VALUES)
    bias = keras.Input((None,), name=BIAS)
    feed = keras.layers.Reshape((1, options.embedding_dim), name="fed")(before[FEED])
    x = keras.layers.Concatenate(name="decoder_input")([table(token), feed])
    after: dict[str, Any] = {}
    h: Any = None
    for number in range(options.decoder_layers):
        names = [name for name in before if name.startswith(f"state_{number}_")]
        layer = kind(options.units, return_state=True, name=f"decoder_{number}")
        # The first of the states is the output as well: two outputs must be two tensors.
        h, *states = layer(x, initial_state=[before[name] for name in names])
        after |= dict(zip(names, states, strict=True))
        x = keras.layers.Reshape((1, options.units), name=f"decoded_{number}")(h)
    combine = keras.layers.Dense(options.embedding_dim, name="combine")
    attention, following = attend(h, keys, values, bias, combine)
    after[FEED] = following
    logits = table(following, reverse=True)
    outputs = {LOGITS: keras.layers.Identity(name=LOGITS)(logits), **after, ATTENTION: attention}
    return keras.Model({TOKEN: token, **before, KEYS: keys, VALUES: values, BIAS: bias}, outputs, name=STEP)


def attend(h: Any, keys: Any, values: Any, bias: Any, combine: Any) -> tuple[Any, Any]:
    """One step of attention.

    Args:
      h: the decoder's state, float32 [batch, units].
      keys: [batch, source, units].
      values: [batch, source, embedding_dim].
      bias: [batch, source].
      combine: Dense layer from `h` to embedding_dim.

    Returns:
      The attention [batch, source] and the vector for the softmax [batch, embedding_dim].
    """
    scores = ops.squeeze(ops.matmul(keys, ops.expand_dims(h, -1)), -1) + bias
    attention = ops.softmax(scores, axis=-1)
    context = ops.squeeze(ops.matmul(ops.expand_dims(attention, 1), values), 1)
    return attention, ops.tanh(context + combine(h))


def _state_inputs(options: TranslateOptions) -> dict[str, Any]:
    return {
        name: keras.Input((options.embedding_dim if name == FEED else options.units,), name=name)
        for name in state_names(options)
    }


def _table(options: TranslateOptions, number: int) -> Any:
    scale = options.embedding_dim**-0.5
    return keras.initializers.RandomNormal(stddev=scale, seed=options.seed + number)


def _dropped(options: TranslateOptions, x: Any) -> Any:
    return keras.layers.Dropout(options.dropout)(x) if options.dropout else x
