"""Small encoders and decoders of different makes, and what Keras computes with them, token by token."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from edgernn.train.translate.model import Sizes, build_model
from edgernn.train.translate.options import PRESETS, TranslateOptions

BEGIN, END, PAD, UNKNOWN = 2, 3, 0, 1
VOCABULARY = 30


def options(**changes: Any) -> TranslateOptions:
    from dataclasses import replace

    return replace(PRESETS["tiny"], units=12, encoder_units=7, embedding_dim=9, vocab_size=VOCABULARY, **changes)


def randomized(model: Any, seed: int, scale: float = 0.5) -> Any:
    """Weights large enough that every gate matters; biases too, which Keras starts at zero."""
    generator = np.random.default_rng(seed)
    model.set_weights([(generator.standard_normal(w.shape) * scale).astype(np.float32) for w in model.get_weights()])
    return model


def trained_kind(seed: int = 0, **changes: Any) -> Any:
    """As `edgernn train translate` makes them."""
    return randomized(build_model(options(**changes), Sizes(VOCABULARY, VOCABULARY)), seed)


def other_kind(seed: int = 0) -> Any:
    """GRU, additive attention (Bahdanau et al. 2015), no feed, outgoing states called next_..., memory as wide as keys.

    Its attention repeats nothing by itself: keys and queries are added, so that rows and memory broadcast.
    """
    source = keras.Input((None,), dtype="int32", name="source")
    x = layers.Embedding(VOCABULARY, 8, mask_zero=True)(source)
    x = layers.Bidirectional(layers.GRU(5, return_sequences=True))(x)
    mean = layers.GlobalAveragePooling1D()(x)
    memory = {
        "keys": layers.Dense(8)(x),
        "values": layers.Dense(8)(x),
        "bias": ops.cast(ops.equal(source, 0), "float32") * -1e9,
        "state_h": layers.Dense(10, activation="tanh")(mean),
    }
    encoder = keras.Model({"source": source}, memory, name="encoder")
    token = keras.Input((1,), dtype="int32", name="token")
    state = keras.Input((10,), name="state_h")
    keys, values = keras.Input((None, 8), name="keys"), keras.Input((None, 8), name="values")
    bias = keras.Input((None,), name="bias")
    h, after = layers.GRU(10, return_state=True)(layers.Embedding(VOCABULARY, 6)(token), initial_state=[state])
    energy = ops.tanh(keys + ops.expand_dims(layers.Dense(8)(h), 1))
    attention = ops.softmax(ops.squeeze(layers.Dense(1)(energy), -1) + bias, axis=-1)
    context = ops.sum(ops.expand_dims(attention, -1) * values, axis=1)
    logits = layers.Dense(VOCABULARY)(layers.Concatenate()([h, context]))
    step = keras.Model(
        {"token": token, "state_h": state, "keys": keys, "values": values, "bias": bias},
        {"logits": logits, "next_state_h": after, "attention": attention},
        name="step",
    )
    given = {"source": source, "token": token, "state_h": state}
    held = encoder({"source": source})
    outputs = step({"token": token, "state_h": state, **{name: held[name] for name in ("keys", "values", "bias")}})
    return randomized(keras.Model(given, outputs), seed)


class KerasPair:
    """Runs a model's two parts, one sentence at a time."""

    def __init__(self, model: Any) -> None:
        self.encoder, self.step = model.get_layer("encoder"), model.get_layer("step")
        self._encode = tf.function(self.encoder, reduce_retracing=True)
        self._advance = tf.function(self.step, reduce_retracing=True)
        self.states = [name for name in self.step.input if name.startswith("state_")]

    def encode(self, ids: np.ndarray) -> dict[str, Any]:
        return {name: ops.convert_to_numpy(value) for name, value in self._encode({"source": ids}).items()}

    def begin(self, encoded: dict[str, Any]) -> dict[str, Any]:
        zeros = {name: np.zeros((1, self.step.input[name].shape[-1]), np.float32) for name in self.states}
        return {name: encoded.get(name, zeros[name]) for name in self.states}

    def advance(
        self, encoded: dict[str, Any], states: dict[str, Any], token: int
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        memory = {name: value for name, value in encoded.items() if name not in states}
        found = self._advance({"token": np.array([[token]], np.int32), **states, **memory})
        found = {name: ops.convert_to_numpy(value) for name, value in found.items()}
        return found, {name: found.get(name, found.get(f"next_{name}")) for name in states}

    def teacher_forced(self, ids: np.ndarray, tokens: np.ndarray, states: dict[str, Any] | None = None) -> np.ndarray:
        """Logits [time, vocabulary] of one row."""
        encoded = self.encode(ids)
        states = self.begin(encoded) if states is None else states
        rows = []
        for token in tokens:
            found, states = self.advance(encoded, states, int(token))
            rows.append(found["logits"][0])
        return np.stack(rows)

    def greedy(self, ids: np.ndarray, most: int, never: tuple[int, ...]) -> list[int]:
        encoded = self.encode(ids)
        states, token, said = self.begin(encoded), BEGIN, []
        for _ in range(most):
            found, states = self.advance(encoded, states, token)
            found["logits"][0, list(never)] = -np.inf
            token = int(found["logits"][0].argmax())
            if token == END:
                break
            said.append(token)
        return said
