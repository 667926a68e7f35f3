"""Every recurrent layer, with every option, compared with Keras: a matrix that is generated, not written out.

Each model is small and is lowered in this process; the recipes run over a part of it, because each conversion costs
seconds. `tests/convert/test_unseen.py` goes through the command instead, with whole models.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from keras import layers
from lowered import LoweredModel, lower, randomize, request_for

from edgernn.convert.calibration import calibration_samples
from edgernn.convert.export import export_tflite
from edgernn.convert.lowerings import choose_lowering
from edgernn.convert.ops import list_ops
from edgernn.convert.recipes import find_recipe
from edgernn.convert.targets import find_target
from edgernn.convert.worker import share_weights
from edgernn.edge_runtime.plan import chunk_plan

FEATURES, UNITS, STEPS = 4, 5, 9
CALIBRATION_SEED = 8

KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "lstm": (layers.LSTM, {}),
    "gru": (layers.GRU, {}),
    "gru-reset-before": (layers.GRU, {"reset_after": False}),
    "simple": (layers.SimpleRNN, {}),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "sequences": {"return_sequences": True},
    "backwards": {"go_backwards": True},
    "backwards-sequences": {"go_backwards": True, "return_sequences": True},
    "no-bias": {"use_bias": False},
    "unrolled": {"unroll": True},
    "dropout": {"dropout": 0.3, "recurrent_dropout": 0.3},
}
ACTIVATIONS = (
    *("relu", "sigmoid", "softplus", "softsign", "tanh", "selu", "elu", "linear"),
    *("gelu", "silu", "hard_sigmoid", "leaky_relu", "mish", "relu6", "hard_silu", "celu"),
)
MERGES = ("concat", "sum", "mul", "ave")


def layer_of(kind: str, **options: Any) -> Any:
    make, own = KINDS[kind]
    return make(UNITS, name="cell", **own, **options)


def sequential(*stack: Any, length: int | None) -> Any:
    return randomize(keras.Sequential([keras.Input((length, FEATURES), name="x"), *stack]))


def run(made: LoweredModel, x: np.ndarray) -> np.ndarray:
    execution = made.lowered.execution
    name = execution.signatures[0].outputs[0].name
    sizes = [signature.steps for signature in execution.signatures]
    stream = made.stream()
    if sizes[0] == 0:
        stream.run(0, {"x": x})
        return stream.outputs(0)[name]
    parts = []
    for piece in chunk_plan(x.shape[1], tuple(sizes)):
        stream.run(piece.signature, {"x": x[:, piece.start : piece.stop]})
        parts.append(stream.outputs(piece.signature)[name])
    return np.concatenate(parts, axis=1) if execution.sequence_outputs else parts[-1]


def agree(
    model: Any, length: int = STEPS, made: LoweredModel | None = None, tolerance: float = 1e-5, seed: int = 7
) -> None:
    x = np.random.default_rng(seed).standard_normal((1, length, FEATURES)).astype(np.float32)
    expected = np.asarray(model(x, training=False))
    found = run(made or lower(model, max_length=None), x)
    assert found.shape == expected.shape
    scale = float(np.abs(expected).max())
    assert scale > 1e-3
    np.testing.assert_allclose(found, expected, atol=tolerance * scale, rtol=0)


@pytest.mark.parametrize("activation", ["softplus", "log_sigmoid", "mish"])
def test_activations_do_not_overflow(activation):
    model = keras.Sequential(
        [keras.Input((None, 1), name="x"), layers.Dense(1, use_bias=False), layers.Activation(activation)]
    )
    model.layers[0].set_weights([np.ones((1, 1), np.float32)])
    x = np.array([-1e4, -89, -20, -1, 0, 0.5, 20, 89, 1e4], np.float32)[None, :, None]
    expected = np.asarray(model(x, training=False))
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(run(lower(model, max_length=None), x), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_layers_and_their_options(kind, option):
    agree(sequential(layer_of(kind, **OPTIONS[option]), length=STEPS if option == "unrolled" else None))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(activation):
    gates = activation if activation in ("relu", "hard_sigmoid", "tanh", "softsign") else "sigmoid"
    agree(sequential(layers.LSTM(UNITS, activation=activation, recurrent_activation=gates), length=5), length=5)


@pytest.mark.parametrize(("kind", "merge"), itertools.product(("lstm", "gru"), MERGES))
def test_bidirectional_merges(kind, merge):
    wrapped = layers.Bidirectional(layer_of(kind, return_sequences=True), merge_mode=merge)
    agree(sequential(wrapped, length=None))


OTHERS: dict[str, Any] = {
    "stacked-cells": lambda: sequential(
        layers.RNN([layers.LSTMCell(4), layers.GRUCell(3), layers.SimpleRNNCell(5)]), length=None
    ),
    "stacked-cells-masked": lambda: sequential(
        layers.Masking(), layers.RNN([layers.LSTMCell(4), layers.LSTMCell(3)], return_sequences=True), length=None
    ),
    "one-cell": lambda: sequential(layers.RNN(layers.GRUCell(4, reset_after=False)), length=None),
    "different-each-way": lambda: sequential(
        layers.Bidirectional(layers.LSTM(4), backward_layer=layers.GRU(3, go_backwards=True)), length=None
    ),
    "time-distributed": lambda: sequential(
        layers.Reshape((-1, 2, 2)), layers.TimeDistributed(layers.LSTM(3)), layers.GRU(2), length=STEPS
    ),
    "repeat": lambda: sequential(
        layers.LSTM(4), layers.RepeatVector(6), layers.GRU(3, return_sequences=True), length=None
    ),
    "convolution-before": lambda: sequential(
        layers.Conv1D(4, 3, padding="same"), layers.BatchNormalization(), layers.LSTM(3), length=None
    ),
    "pooling-behind": lambda: sequential(
        layers.GRU(4, return_sequences=True), layers.GlobalMaxPooling1D(), length=None
    ),
    "convolutional-lstm": lambda: sequential(
        layers.Reshape((STEPS, FEATURES, 1)), layers.ConvLSTM1D(2, 3, padding="same"), length=STEPS
    ),
    "convolutional-lstm-2d": lambda: sequential(
        layers.Reshape((STEPS, 2, 2, 1)), layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True), length=STEPS
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_models(name):
    model = OTHERS[name]()
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_variance.assign(np.abs(layer.moving_variance) + 0.5)
    agree(model)


def attention(kind: str) -> Any:
    inputs = keras.Input((None, FEATURES), name="x")
    hidden = layers.GRU(6, return_sequences=True)(inputs)
    if kind == "multi-head":
        return randomize(keras.Model(inputs, layers.MultiHeadAttention(2, 3)(hidden, hidden)))
    layer = layers.Attention() if kind == "dot" else layers.AdditiveAttention()
    return randomize(keras.Model(inputs, layer([hidden, hidden])))


@pytest.mark.parametrize("kind", ["dot", "additive", "multi-head"])
def test_attention_over_any_length(kind):
    model = attention(kind)
    made = lower(model, max_length=None)
    for length in (1, 7, 40):
        agree(model, length, made)


def sequence_to_sequence() -> Any:
    source, target = (keras.Input((None,), dtype="int32", name=name) for name in ("source", "target"))
    embedded = [layers.Embedding(21, 6, mask_zero=True)(ids) for ids in (source, target)]
    encoded, *state = layers.LSTM(5, return_sequences=True, return_state=True)(embedded[0])
    decoded = layers.LSTM(5, return_sequences=True)(embedded[1], initial_state=state)
    context = layers.Attention()([decoded, encoded])
    words = layers.Dense(21, activation="softmax")(layers.Concatenate()([decoded, context]))
    return randomize(keras.Model([source, target], words))


def test_no_interpreter_that_has_run_is_resized(monkeypatch):
    # XNNPACK, resized behind masked steps, took an old mask for a new one: for some models, in one of three processes.
    runs = []

    class Watched(Interpreter):
        def invoke(self) -> None:
            super().invoke()
            runs.append((self, tuple(self.get_input_details()[0]["shape"])))

    model = sequence_to_sequence()
    made = lower(model, max_length=None)
    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter", Watched)
    stream = made.stream("litert-interpreter")
    for ids in ([1, 13, 0, 0], [1, 0, 0, 0], [8, 6, 9, 10, 14], [3, 0], [4, 9, 2, 0]):
        case = {name: np.array([ids], np.int32) for name in ("source", "target")}
        stream.run(0, case)
        (found,) = stream.outputs(0).values()
        np.testing.assert_allclose(found, np.asarray(model(list(case.values()))), atol=2e-6)
    shapes = {}
    for native, shape in runs:
        assert shapes.setdefault(id(native), shape) == shape
    assert [shape for _, shape in runs] == [(1, 4), (1, 4), (1, 5), (1, 2), (1, 4)]


def calibrated(model: Any, recipe: str) -> LoweredModel:
    chosen = find_recipe(recipe)
    request = request_for(model, max_length=None)
    if chosen.single_steps:
        request = dataclasses.replace(request, chunk_sizes=(1,))
    lowering, reason = choose_lowering(request, "auto", chosen.refused_lowerings)
    lowered = share_weights(lowering.lower(request, reason), chosen)
    generator = np.random.default_rng(CALIBRATION_SEED)
    cases = [{"x": generator.standard_normal((1, STEPS, FEATURES)).astype(np.float32)} for _ in range(40)]
    functions = [signature.function for signature in lowered.signatures]
    samples = list(calibration_samples(lowered.execution, functions, cases)) if chosen.calibrated else []
    data = export_tflite(model, lowered.signatures, samples, chosen, find_target("litert"), lambda stage: None)
    return LoweredModel(lowered, data, list_ops(data))


# Written bounds, parts of the output's scale, for layers with weights that quantization reaches.
BOUNDS = {
    "float16": 1e-2,
    "dynamic_wi8": 0.1,
    "weight_only_wi8": 0.05,
    "dynamic_wi4": 0.5,
    "static_int8": 0.1,
    "static_int16x8": 0.05,
}


@pytest.mark.parametrize("recipe", BOUNDS)
@pytest.mark.parametrize("kind", KINDS)
def test_recipes(kind, recipe):
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((STEPS, FEATURES), name="x"), KINDS[kind][0](40, **KINDS[kind][1])])
    made = calibrated(model, recipe)
    assert not [op.name for op in made.ops if op.name.startswith(("CUSTOM", "FLEX"))]
    # The first of the inputs that calibrate: static ranges cut off what lies outside of them.
    agree(model, made=made, tolerance=BOUNDS[recipe], seed=CALIBRATION_SEED)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize(("recipe", "bits"), [("float32", 32), ("float16", 16), ("dynamic_wi8", 8), ("dynamic_wi4", 4)])
def test_files_are_as_small_as_their_weights(kind, recipe, bits):
    """Within 1.15 of the bytes of the weights, plus 300 bytes an operator."""
    model = keras.Sequential([keras.Input((None, 64), name="x"), KINDS[kind][0](128, **KINDS[kind][1])])
    made = lower(model, recipe=recipe, max_length=None)
    weights = sum(int(np.prod(w.shape)) for w in model.get_weights()) * bits / 8
    assert len(made.data) <= 1.15 * weights + 300 * sum(op.count for op in made.ops)


@pytest.mark.parametrize("kind", ["lstm", "simple"])
def test_static_graphs_compute_the_same_on_every_engine(kind):
    """XNNPACK packs static scales with the weights: shared packed weights would give each step those of the first."""
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input((STEPS, FEATURES), name="x"), KINDS[kind][0](40)])
    made = calibrated(model, "static_int8")
    assert not made.lowered.execution.share_packed_weights
    x = np.random.default_rng(9).standard_normal((1, STEPS, FEATURES)).astype(np.float32)
    outputs = []
    for engine in ("litert-compiled", "litert-interpreter"):
        stream = made.stream(engine)
        stream.run(0, {"x": x})
        outputs.append(next(iter(stream.outputs(0).values())))
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-2)
    np.testing.assert_allclose(outputs[0], np.asarray(model(x)), atol=0.05)


def test_ids_with_a_mask_in_16_bits():
    """The 16-bit quantizer asks for the range of ids that a comparison reads: the mask must come without one."""
    model = sequential_of_ids()
    chosen = find_recipe("static_int16x8")
    request = dataclasses.replace(request_for(model, max_length=None), chunk_sizes=(1,))
    lowering, reason = choose_lowering(request, "auto", chosen.refused_lowerings)
    lowered = share_weights(lowering.lower(request, reason), chosen)
    ids = [np.random.default_rng(k).integers(0, 50, (1, STEPS)).astype(np.int32) for k in range(20)]
    functions = [signature.function for signature in lowered.signatures]
    samples = list(calibration_samples(lowered.execution, functions, [{"x": case} for case in ids]))
    data = export_tflite(model, lowered.signatures, samples, chosen, find_target("litert"), lambda stage: None)
    assert (ids[0] == 0).any()
    found = run(LoweredModel(lowered, data, list_ops(data)), ids[0])
    np.testing.assert_allclose(found, np.asarray(model(ids[0])), atol=0.01)


def sequential_of_ids() -> Any:
    keras.utils.set_random_seed(5)
    ids = keras.Input((None,), dtype="int32", name="x")
    return keras.Sequential([ids, layers.Embedding(50, 24, mask_zero=True), layers.LSTM(32)])
