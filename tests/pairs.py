"""Small encoders and decoders of different makes, and what Keras computes with them, token by token."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from edgernn.convert.lowerings import Lowered
from edgernn.convert.pairs.parts import Parts
from edgernn.edge_runtime.bundle.reader import Bundle
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.manifest import FileSpec, GoldenSpec, Manifest, ProofSpec, QuantizationSpec
from edgernn.train.translate.model import Sizes, build_model
from edgernn.train.translate.options import PRESETS, TranslateOptions

BEGIN, END, PAD, UNKNOWN = 2, 3, 0, 1
VOCABULARY = 30


def options(**changes: Any) -> TranslateOptions:
    from dataclasses import replace

    return replace(PRESETS["tiny"], units=12, encoder_units=7, embedding_dim=9, vocab_size=VOCABULARY, **changes)


def bundle_of(parts: Parts, lowered: Lowered, data: bytes, recipe: str, task: Any) -> Bundle:
    """What a conversion has made, as the runtime takes it."""
    manifest = Manifest(
        format_version=1,
        kit_version="0",
        model=FileSpec(len(data), "0" * 64),
        assets={},
        inputs=parts.inputs,
        outputs=parts.outputs,
        execution=lowered.execution,
        quantization=QuantizationSpec(recipe, ""),
        target="litert",
        ops=(),
        proof=ProofSpec(0, 0.0, 0.0, 1.0),
        golden=GoldenSpec(16, 0.1),
        task=encode(task),
    )
    return Bundle(Path("made.tflite"), data, manifest, {})


def parts_without_the_kit(path: Path) -> tuple[str, str]:
    """Names of the outputs of encoder and step, as a process sees them that has Keras alone."""
    code = (
        "import sys, keras, numpy as np; "
        f"m = keras.models.load_model({str(path)!r}); "
        "print(sorted(m.get_layer('encoder').output), sorted(m.get_layer('step').output)); "
        "assert not any(name.startswith('edgernn') for name in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    encoder, step = found.stdout.strip().split("] [")
    return f"{encoder}]", f"[{step}"


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


def picture_kind(seed: int = 0, cell: str = "lstm", adaptive: bool = False, network: Any = None, **sizes: int) -> Any:
    """A captioner: a convolutional network, soft attention (Xu et al. 2015), its softmax tied with the embedding.

    Args:
      seed: of its weights, drawn as layers begin; a network given keeps its own.
      cell: "lstm" or "gru".
      adaptive: whether a visual sentinel takes a share of the attention (Lu et al. 2017).
      network: float32 [batch, size, size, 3] to [batch, rows, columns, channels]; None: a small one for 32 pixels.
      sizes: units, embedding and vocabulary, where they are not to be small.
    """
    keras.utils.set_random_seed(seed)
    units, width, words = sizes.get("units", 12), sizes.get("embedding", 9), sizes.get("vocabulary", VOCABULARY)
    model = _captioner(network or _small_network(), cell, adaptive, (units, width, words))
    if network is None:
        _disturb(model, np.random.default_rng(seed))
    return model


def _disturb(model: Any, generator: Any) -> None:
    """Weights large enough that pictures and tokens matter; normalization as after a training."""
    for layer in [layer for layer in model._flatten_layers(include_self=False) if layer.weights]:
        if isinstance(layer, layers.BatchNormalization):
            channels = layer.gamma.shape[0]
            gamma, variance = generator.uniform(0.5, 1.5, (2, channels))
            layer.set_weights([gamma, *generator.normal(0.0, 0.3, (2, channels)), variance])
        elif not isinstance(layer, (keras.Model, layers.Conv2D, layers.DepthwiseConv2D)):
            layer.set_weights([generator.normal(0.0, 0.5, w.shape).astype(np.float32) for w in layer.get_weights()])


def _small_network() -> Any:
    """What EfficientNet-Lite is made of: convolutions, depthwise too, normalized, ReLU6; 32 pixels to 4 x 4 places."""
    picture = keras.Input((32, 32, 3), name="picture")
    x = layers.Conv2D(8, 3, 2, "same", use_bias=False)(picture)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(3, 2, "same", use_bias=False)(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
    start = layers.Conv2D(8, 1, use_bias=False)(x)
    x = layers.DepthwiseConv2D(3, 1, "same", use_bias=False)(layers.BatchNormalization()(start))
    x = layers.Add()([layers.ReLU(6.0)(layers.BatchNormalization()(x)), start])
    x = layers.Conv2D(16, 3, 2, "same", use_bias=False)(x)
    return keras.Model(picture, layers.ReLU(6.0)(layers.BatchNormalization()(x)), name="network")


def _captioner(network: Any, cell: str, adaptive: bool, sizes: tuple[int, int, int]) -> Any:
    units, width, words = sizes
    names = ["state_0_h", "state_0_c"] if cell == "lstm" else ["state_0_h"]
    size, (rows, columns, channels) = network.input_shape[1], network.output_shape[1:]
    picture = keras.Input((size, size, 3), name="picture")
    x = layers.Reshape((rows * columns, channels))(network(picture))
    mean = layers.GlobalAveragePooling1D()(x)
    memory = {"keys": layers.Dense(units)(x), "values": layers.Dense(width, activation="tanh")(x)}
    memory |= {name: layers.Dense(units, activation="tanh")(mean) for name in names}
    encoder = keras.Model({"picture": picture}, memory, name="encoder")
    token = keras.Input((1,), dtype="int32", name="token")
    before = {name: keras.Input((units,), name=name) for name in names}
    keys = keras.Input((rows * columns, units), name="keys")
    values = keras.Input((rows * columns, width), name="values")
    table = layers.ReversibleEmbedding(words, width)
    kind = layers.LSTM if cell == "lstm" else layers.GRU
    read = table(token)
    h, *after = kind(units, return_state=True)(read, initial_state=list(before.values()))
    scores = ops.squeeze(layers.Dense(1)(ops.tanh(keys + ops.expand_dims(layers.Dense(units)(h), 1))), -1)
    if adaptive:
        gate = layers.Dense(width, activation="sigmoid")(layers.Concatenate()([ops.squeeze(read, 1), h]))
        sentinel = gate * layers.Dense(width, activation="tanh")(after[-1])
        share = ops.softmax(ops.concatenate([scores, layers.Dense(1)(ops.tanh(layers.Dense(units)(sentinel)))], -1))
        attention = share[:, : rows * columns]
        context = ops.squeeze(ops.matmul(ops.expand_dims(attention, 1), values), 1) + share[:, -1:] * sentinel
    else:
        attention = ops.softmax(scores)
        context = ops.squeeze(ops.matmul(ops.expand_dims(attention, 1), values), 1)
    logits = table(ops.tanh(context + layers.Dense(width)(h)), reverse=True)
    given = {"token": token, **before, "keys": keys, "values": values}
    outputs = {"logits": layers.Identity(name="logits")(logits), "attention": attention}
    step = keras.Model(given, {**outputs, **dict(zip(names, after, strict=True))}, name="step")
    held = encoder({"picture": picture})
    outputs = step({"token": token, **before, "keys": held["keys"], "values": held["values"]})
    return keras.Model({"picture": picture, "token": token, **before}, outputs, name="captioner")


class KerasPair:
    """Runs a model's two parts, one sentence or picture at a time."""

    def __init__(self, model: Any) -> None:
        self.encoder, self.step = model.get_layer("encoder"), model.get_layer("step")
        self._encode = tf.function(self.encoder, reduce_retracing=True)
        self._advance = tf.function(self.step, reduce_retracing=True)
        self.states = [name for name in self.step.input if name.startswith("state_")]
        (self._source,) = self.encoder.input

    def encode(self, ids: np.ndarray) -> dict[str, Any]:
        return {name: ops.convert_to_numpy(value) for name, value in self._encode({self._source: ids}).items()}

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
