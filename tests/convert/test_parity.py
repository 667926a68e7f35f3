"""Lowered recurrent layers against Keras, from states that are not zero."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from lowered import lower, randomize, request_for

from edgernn.convert.errors import ConversionError
from edgernn.convert.keras_model import describe_inputs, describe_outputs
from edgernn.convert.lowerings import LOWERINGS
from edgernn.convert.reference import KerasReference
from edgernn.edge_runtime.plan import chunk_plan

FEATURES, UNITS = 5, 6

CELLS = {
    "lstm": lambda: layers.LSTM(UNITS, return_sequences=True, return_state=True, name="cell"),
    "lstm-no-bias": lambda: layers.LSTM(UNITS, use_bias=False, return_sequences=True, return_state=True, name="cell"),
    "lstm-odd-activations": lambda: layers.LSTM(
        UNITS,
        activation="relu",
        recurrent_activation="hard_sigmoid",
        return_sequences=True,
        return_state=True,
        name="cell",
    ),
    "gru": lambda: layers.GRU(UNITS, return_sequences=True, return_state=True, name="cell"),
    "gru-reset-before": lambda: layers.GRU(
        UNITS, reset_after=False, return_sequences=True, return_state=True, name="cell"
    ),
    "gru-no-bias": lambda: layers.GRU(UNITS, use_bias=False, return_sequences=True, return_state=True, name="cell"),
    "gru-no-bias-reset-before": lambda: layers.GRU(
        UNITS, use_bias=False, reset_after=False, return_sequences=True, return_state=True, name="cell"
    ),
    "simple": lambda: layers.SimpleRNN(UNITS, return_sequences=True, return_state=True, name="cell"),
    "simple-linear": lambda: layers.SimpleRNN(
        UNITS, activation=None, use_bias=False, return_sequences=True, return_state=True, name="cell"
    ),
}


@pytest.mark.parametrize("kind", CELLS)
def test_cells_from_states_that_are_not_zero(kind):
    layer = CELLS[kind]()
    inputs = keras.Input((None, FEATURES), name="x")
    sequence, *_ = layer(inputs)
    model = randomize(keras.Model(inputs, layers.Identity(name="y")(sequence)))
    made = lower(model, "chunked")
    states = made.lowered.execution.states
    names = ["h", "c"] if "lstm" in kind else ["h"]
    assert [s.name for s in states] == [f"state_cell_{name}" for name in names]

    generator = np.random.default_rng(1)
    x = generator.standard_normal((1, 21, FEATURES)).astype(np.float32)
    start = {s.name: generator.standard_normal(s.shape).astype(np.float32) for s in states}
    expected = layer(x, initial_state=[start[s.name] for s in states])
    expected_sequence, expected_states = np.asarray(expected[0]), [np.asarray(e) for e in expected[1:]]

    stream = made.stream()
    stream.set_states(start)
    found, at = [], 0
    for index, signature in enumerate(made.lowered.execution.signatures):  # 16, 4 and 1 steps: 21 in all
        stream.run(index, {"x": x[:, at : at + signature.steps]})
        found.append(stream.outputs(index)["y"])
        at += signature.steps
    assert at == 21
    np.testing.assert_allclose(np.concatenate(found, axis=1), expected_sequence, atol=2e-6)
    for spec, state in zip(states, expected_states, strict=True):
        np.testing.assert_allclose(stream.states()[spec.name], state, atol=2e-6)


def stack(*stacked, inputs=None):
    return randomize(
        keras.Sequential([keras.Input((None, FEATURES), name="x") if inputs is None else inputs, *stacked])
    )


MODELS = {
    "deep": lambda: stack(
        layers.LSTM(6, return_sequences=True), layers.GRU(5, return_sequences=True), layers.SimpleRNN(4)
    ),
    "dense-around": lambda: stack(
        layers.Dense(7, activation="relu"),
        layers.LayerNormalization(),
        layers.GRU(6, return_sequences=True),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
    ),
    "dropout-in-the-cell": lambda: stack(layers.LSTM(6, dropout=0.4, recurrent_dropout=0.4)),
    "unrolled-in-keras": lambda: stack(layers.GRU(6, unroll=True), inputs=keras.Input((9, FEATURES), name="x")),
    "stateful": lambda: stack(
        layers.LSTM(6, stateful=True), inputs=keras.Input(batch_shape=(1, None, FEATURES), name="x")
    ),
    "masking": lambda: stack(layers.Masking(), layers.LSTM(6, return_sequences=True), layers.LSTM(4)),
    "embedding": lambda: stack(
        layers.Embedding(20, 4, mask_zero=True),
        layers.GRU(5),
        layers.Dense(2),
        inputs=keras.Input((None,), dtype="int32", name="x"),
    ),
    "bidirectional-masked": lambda: stack(
        layers.Embedding(20, 4, mask_zero=True),
        layers.Bidirectional(layers.LSTM(5, return_sequences=True)),
        layers.Bidirectional(layers.GRU(4)),
        inputs=keras.Input((None,), dtype="int32", name="x"),
    ),
    "bidirectional-mask-given": lambda: mask_given(),
    "bidirectional-sum": lambda: stack(
        layers.Bidirectional(layers.SimpleRNN(5, return_sequences=True), merge_mode="sum"),
        inputs=keras.Input((11, FEATURES), name="x"),
    ),
    "go-backwards": lambda: stack(
        layers.LSTM(5, go_backwards=True, return_sequences=True), inputs=keras.Input((7, FEATURES), name="x")
    ),
}


def mask_given():
    """A mask that no layer makes: the layer that reads it is handed it."""
    x = keras.Input((None,), dtype="int32", name="x")
    table = layers.Embedding(20, 4)(x)
    both = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(table, mask=keras.ops.not_equal(x, 0))
    return randomize(keras.Model(x, layers.Dense(3)(both)))


def inputs_for(model, length, generator):
    (tensor,) = model.inputs
    if "int" in tensor.dtype:
        return generator.integers(1, 20, (1, length)).astype(np.int32)
    return generator.standard_normal((1, length, FEATURES)).astype(np.float32)


WHOLE_ONLY = {"bidirectional-masked", "bidirectional-mask-given", "bidirectional-sum", "go-backwards"}
# Unrolled lengths are those that the model fixes, or padded ones where masks keep padding out.
FIXED_OR_MASKED = {*WHOLE_ONLY, "unrolled-in-keras", "masking", "embedding"}
POSSIBLE = [
    *[(name, "while") for name in MODELS],
    *[(name, "chunked") for name in MODELS if name not in WHOLE_ONLY],
    *[(name, "stepping") for name in MODELS if name not in WHOLE_ONLY],
    *[(name, "unrolled") for name in MODELS if name in FIXED_OR_MASKED],
]


@pytest.mark.parametrize("name", MODELS)
def test_a_lowering_that_cannot_do_it_says_why(name):
    request = request_for(MODELS[name]())
    for lowering in LOWERINGS:
        reasons = LOWERINGS[lowering].obstacles(request)
        assert bool(reasons) == ((name, lowering) not in POSSIBLE), (lowering, reasons)


@pytest.mark.parametrize(("name", "lowering"), POSSIBLE)
def test_whole_models(name, lowering):
    model = MODELS[name]()
    made = lower(model, lowering)
    execution = made.lowered.execution
    sizes = [s.steps for s in execution.signatures]
    generator = np.random.default_rng(2)
    (output,) = made.lowered.signatures[0].spec.outputs
    fixed = model.inputs[0].shape[1]
    for length in [fixed] if fixed else [1, 5, 16, 23]:
        x = inputs_for(model, length, generator)
        for layer in model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_state()
        expected = np.asarray(model(x, training=False))
        stream = made.stream()
        if sizes[0] == 0:
            stream.run(0, {"x": x})
            found = stream.outputs(0)[output.name]
        elif execution.mode == "whole":
            steps = min(size for size in sizes if size >= length)
            padded = np.zeros((1, steps, *x.shape[2:]), x.dtype)
            padded[:, :length] = x
            stream.run(sizes.index(steps), {"x": padded})
            found = stream.outputs(sizes.index(steps))[output.name]
            if execution.sequence_outputs:
                found = found[:, :length]
        else:
            parts = []
            for piece in chunk_plan(length, tuple(sizes)):
                stream.run(piece.signature, {"x": x[:, piece.start : piece.stop]})
                parts.append(stream.outputs(piece.signature)[output.name])
            found = np.concatenate(parts, axis=1) if execution.sequence_outputs else parts[-1]
        np.testing.assert_allclose(found, expected, atol=2e-6, err_msg=f"{name} {lowering} {length}")


def test_masked_steps_change_nothing_in_chunks():
    """Steps that Masking hides, in the middle of a sequence: Keras skips them, and so must every chunk."""
    model = MODELS["masking"]()
    made = lower(model, "chunked")
    x = np.random.default_rng(3).standard_normal((1, 21, FEATURES)).astype(np.float32)
    x[:, [0, 3, 4, 17, 20]] = 0.0
    expected = np.asarray(model(x, training=False))
    stream, at = made.stream(), 0
    for index, signature in enumerate(made.lowered.execution.signatures):
        stream.run(index, {"x": x[:, at : at + signature.steps]})
        at += signature.steps
    output = made.lowered.execution.signatures[-1].outputs[0].name
    np.testing.assert_allclose(stream.outputs(2)[output], expected, atol=2e-6)


def test_the_keras_model_is_left_as_it_was():
    model = MODELS["bidirectional-masked"]()
    x = np.array([[3, 4, 5]], np.int32)
    before = np.asarray(model(x))
    state = [vars(layer).keys() for layer in model._flatten_layers()]
    lower(model)
    np.testing.assert_array_equal(np.asarray(model(x)), before)
    assert [vars(layer).keys() for layer in model._flatten_layers()] == state


@pytest.mark.parametrize("recipe", ["float16", "dynamic_wi8"])
@pytest.mark.parametrize("target", ["litert", "tflite-runtime"])
def test_only_native_operators_that_the_target_knows(recipe, target):
    made = lower(stack(layers.LSTM(40, return_sequences=True), layers.GRU(40)), recipe=recipe, target=target)
    versions = {op.name: op.version for op in made.ops}
    assert not [name for name in versions if name.startswith(("CUSTOM", "FLEX"))]
    if target == "tflite-runtime":
        assert versions["FULLY_CONNECTED"] <= 10
    elif recipe == "dynamic_wi8":
        assert versions["FULLY_CONNECTED"] == 12


def test_signatures_share_their_weights():
    """Three signatures and one: the file grows by the operators alone."""
    model = stack(layers.LSTM(256))
    weights = 4 * sum(int(np.prod(w.shape)) for w in model.get_weights())
    assert weights > 1_000_000
    assert len(lower(model, "chunked").data) < weights + 80_000


def test_equal_outputs_keep_their_names():
    """The last output, the returned state and the carried state are one tensor to the converter."""
    inputs = keras.Input((None, FEATURES), name="x")
    last, hidden, carry = layers.LSTM(UNITS, return_state=True, name="cell")(inputs)
    model = randomize(keras.Model(inputs, {"last": last, "hidden": hidden, "carry": carry, "again": carry}))
    made = lower(model, "chunked")
    x = np.random.default_rng(4).standard_normal((1, 4, FEATURES)).astype(np.float32)
    expected = model(x)
    stream = made.stream()
    stream.run(1, {"x": x})
    found = stream.outputs(1)
    assert len(found) == 4
    for value, wanted in zip(found.values(), keras.tree.flatten(expected), strict=True):
        np.testing.assert_allclose(value, np.asarray(wanted), atol=2e-6)


def nested_of_fixed_length() -> Any:
    inner = keras.Input((30, 4))
    part = keras.Model(inner, layers.GRU(5, return_sequences=True)(inner))
    inputs = keras.Input((30, 4), name="x")
    return randomize(keras.Model(inputs, layers.Dense(2)(layers.LSTM(3)(part(inputs)))))


def functional_of_fixed_length() -> Any:
    inputs = keras.Input((30, 4), name="x")
    return randomize(keras.Model(inputs, layers.LSTM(3)(inputs)))


@pytest.mark.parametrize("make", [functional_of_fixed_length, nested_of_fixed_length])
def test_pieces_of_a_model_that_declares_a_length(make):
    """A functional model refuses inputs of another length: its pieces must not be refused."""
    model = make()
    made = lower(model, "chunked")
    x = np.random.default_rng(3).standard_normal((1, 30, 4)).astype(np.float32)
    stream, parts = made.stream(), []
    sizes = [signature.steps for signature in made.lowered.execution.signatures]
    for piece in chunk_plan(30, tuple(sizes)):
        stream.run(piece.signature, {"x": x[:, piece.start : piece.stop]})
        parts.append(next(iter(stream.outputs(piece.signature).values())))
    np.testing.assert_allclose(parts[-1], np.asarray(model(x)), atol=1e-5)
    with pytest.raises(ValueError, match="incompatible"):
        model(x[:, :7])


def test_the_reference_is_what_keras_computes_uncompiled():
    """Compiled for any length, TimeDistributed with a mask gives a single step."""
    inputs = keras.Input((None, 4), name="x")
    hidden = layers.LSTM(5, return_sequences=True)(layers.Masking()(inputs))
    model = randomize(keras.Model(inputs, layers.TimeDistributed(layers.Dense(3))(hidden)))
    reference = KerasReference(model, describe_inputs(model), describe_outputs(model))
    generator = np.random.default_rng(4)
    cases = [{"x": generator.standard_normal((1, n, 4)).astype(np.float32)} for n in (1, 2, 3, 9, 20)]
    for case, outputs in zip(cases, reference.run(cases), strict=True):
        (found,) = outputs.values()
        np.testing.assert_allclose(found, np.asarray(model(case["x"])), atol=1e-6)


def words_with_characters(step_height: int) -> Any:
    """Features of the characters of each word, beside those of the words."""
    words, characters = keras.Input((None, 4), name="words"), keras.Input((None, 6, 3), name="characters")
    found = layers.Conv2D(5, (step_height, 3), padding="same", activation="relu", name="conv")(characters)
    found = layers.Reshape((-1, 5))(layers.MaxPooling2D((1, 6))(found))
    joined = layers.Concatenate()([words, found])
    return randomize(keras.Model([words, characters], layers.LSTM(UNITS, return_sequences=True, name="y")(joined)))


def test_windows_of_one_step_are_computed_in_pieces():
    model = words_with_characters(1)
    made = lower(model, "chunked")
    generator = np.random.default_rng(8)
    words = generator.standard_normal((1, 21, 4)).astype(np.float32)
    characters = generator.standard_normal((1, 21, 6, 3)).astype(np.float32)
    stream, parts = made.stream(), []
    sizes = [signature.steps for signature in made.lowered.execution.signatures]
    for piece in chunk_plan(21, tuple(sizes)):
        cut = slice(piece.start, piece.stop)
        stream.run(piece.signature, {"words": words[:, cut], "characters": characters[:, cut]})
        parts.append(next(iter(stream.outputs(piece.signature).values())))
    np.testing.assert_allclose(np.concatenate(parts, axis=1), np.asarray(model([words, characters])), atol=1e-5)


def test_windows_of_several_steps_are_not():
    with pytest.raises(ConversionError, match=r"conv \(Conv2D\) needs the whole sequence"):
        lower(words_with_characters(2), "chunked")
