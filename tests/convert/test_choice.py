from __future__ import annotations

import keras
import pytest
from keras import layers
from lowered import request_for

from edgernn.convert.errors import ConversionError
from edgernn.convert.graph.causality import follow_time
from edgernn.convert.lowerings import choose_lowering, chunk_sizes_for


def test_a_causal_model_is_stepped_in_chunks_and_the_reason_names_the_costs():
    model = keras.Sequential([keras.Input((None, 4)), layers.LSTM(8)])
    lowering, reason = choose_lowering(request_for(model))
    assert lowering.name == "chunked"
    assert reason.startswith("lowest estimated cost (us): chunked")


def test_a_model_that_looks_ahead_says_which_layer_does():
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(9, 4, mask_zero=True),
            layers.Bidirectional(layers.GRU(3), name="both"),
        ]
    )
    lowering, reason = choose_lowering(request_for(model, max_length=20))
    assert lowering.name in ("unrolled", "while")
    assert "not chunked, stepping: both (Bidirectional) needs the whole sequence" in reason
    with pytest.raises(ConversionError, match=r"both \(Bidirectional\) needs the whole sequence"):
        choose_lowering(request_for(model), "chunked")


@pytest.mark.parametrize("longest", [20, 32, 64, 100])
def test_a_causal_model_is_stepped_where_padding_could_be_masked_too(longest):
    model = keras.Sequential(
        [keras.Input((None,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True), layers.GRU(3)]
    )
    assert choose_lowering(request_for(model, max_length=longest))[0].name == "chunked"


def test_lengths_are_halved_down_to_eight_steps():
    both = layers.Bidirectional(layers.GRU(3))
    model = keras.Sequential([keras.Input((None,), dtype="int32"), layers.Embedding(9, 4, mask_zero=True), both])
    lowering, reason = choose_lowering(request_for(model, max_length=40))
    lowered = lowering.lower(request_for(model, max_length=40), reason)
    assert [(s.name, s.steps) for s in lowered.execution.signatures] == [
        *(("predict_40", 40), ("predict_20", 20), ("predict_10", 10), ("predict_5", 5)),
    ]
    assert choose_lowering(request_for(model, max_length=400))[0].name == "while"


def test_stepping_is_one_signature_of_one_step():
    model = keras.Sequential([keras.Input((None, 4)), layers.LSTM(8)])
    request = request_for(model)
    lowering, reason = choose_lowering(request, "stepping")
    lowered = lowering.lower(request, reason)
    assert [(s.name, s.steps) for s in lowered.execution.signatures] == [("chunk_1", 1)]
    assert lowered.execution.mode == "chunked"


def test_unknown_lowering():
    model = keras.Sequential([keras.Input((None, 4)), layers.LSTM(8)])
    with pytest.raises(ConversionError, match="unknown lowering 'magic': choose one of auto, chunked"):
        choose_lowering(request_for(model), "magic")


def test_what_nothing_masks_is_not_padded():
    model = keras.Sequential([keras.Input((None, 4)), layers.Bidirectional(layers.GRU(3), name="both")])
    lowering, reason = choose_lowering(request_for(model, max_length=16))
    assert lowering.name == "while"
    assert "not unrolled: nothing masks padded steps before both (Bidirectional)" in reason
    lowering, reason = choose_lowering(request_for(model, max_length=None))
    assert lowering.name == "while"
    assert "takes sequences of any length, and unrolled ones end somewhere" in reason


@pytest.mark.parametrize("masked", [3, 0.0])
def test_a_given_mask_that_may_not_hide_padding_is_no_help(masked):
    x = keras.Input((None,), dtype="int32")
    real = keras.ops.not_equal(x, masked)
    both = layers.Bidirectional(layers.GRU(3), name="both")(layers.Embedding(9, 4)(x), mask=real)
    _, reason = choose_lowering(request_for(keras.Model(x, both), max_length=16))
    assert "not unrolled: nothing masks padded steps before both (Bidirectional)" in reason


def test_every_reason_at_once():
    model = keras.Sequential(
        [
            keras.Input((None, 4)),
            layers.Bidirectional(layers.GRU(3, return_sequences=True), name="both"),
            layers.Conv1D(2, 3, name="conv"),
        ]
    )
    with pytest.raises(ConversionError) as caught:
        choose_lowering(request_for(model), "chunked")
    assert caught.value.reasons == (
        "chunked: both (Bidirectional) needs the whole sequence",
        "chunked: conv (Conv1D) needs the whole sequence",
    )


PER_STEP = {
    "dense": layers.Dense(3),
    "normalized-over-features": layers.LayerNormalization(),
    "dropout": layers.SpatialDropout1D(0.2),
    "activation": layers.Activation("tanh"),
}
MIXING = {
    "pooling": layers.GlobalAveragePooling1D(),
    "convolution": layers.Conv1D(3, 3, padding="same"),
    "normalized-over-time": layers.LayerNormalization(axis=1),
    "softmax-over-time": layers.Softmax(axis=1),
}


@pytest.mark.parametrize("name", [*PER_STEP, *MIXING])
def test_which_layers_mix_time_steps(name):
    layer = {**PER_STEP, **MIXING}[name].__class__.from_config({**PER_STEP, **MIXING}[name].get_config())
    length = 6 if name == "normalized-over-time" else None
    inputs = keras.Input((length, 4), name="x")
    model = keras.Model(inputs, layer(layers.LSTM(4, return_sequences=True)(inputs)))
    causality = follow_time(model, ("y",))
    assert bool(causality.obstacles) == (name in MIXING)
    assert causality.sequence_inputs == ("x",)
    assert causality.sequence_outputs == (() if name == "pooling" else ("y",))


def two_inputs(first: int | None, second: int | None, joined: bool) -> keras.Model:
    x, y = keras.Input((first, 4), name="x"), keras.Input((second, 4), name="y")
    if joined:
        return keras.Model([x, y], layers.LSTM(3)(layers.Add()([x, y])))
    return keras.Model([x, y], layers.Concatenate()([layers.LSTM(3)(x), layers.GRU(2)(y)]))


@pytest.mark.parametrize(
    ("first", "second", "joined", "together"),
    [
        (None, None, True, True),
        (None, None, False, False),
        (9, 9, False, True),
        (9, 12, False, False),
        (9, None, False, False),
    ],
)
def test_inputs_that_may_differ_in_length_are_not_cut_together(first, second, joined, together):
    obstacles = follow_time(two_inputs(first, second, joined), ("out",)).obstacles
    fault = "inputs x and y may differ in length: nothing joins them step by step"
    assert obstacles == (() if together else (fault,))


def test_a_shared_layer_joins_nothing():
    x, y = keras.Input((None, 4), name="x"), keras.Input((None, 4), name="y")
    encoder = keras.Sequential([keras.Input((None, 4)), layers.GRU(3)])
    shared = layers.Dense(4)
    model = keras.Model([x, y], layers.Subtract()([encoder(shared(x)), encoder(shared(y))]))
    assert "inputs x and y may differ in length" in follow_time(model, ("out",)).obstacles[0]


@pytest.mark.parametrize(
    ("lengths", "layers", "sizes"),
    [
        ((100,), 1, (50, 4, 1)),
        ((100,), 3, (25, 4, 1)),
        ((300,), 1, (50, 4, 1)),
        ((47,), 1, (47, 4, 1)),
        ((197,), 1, (16, 4, 1)),
        ((8,), 1, (16, 4, 1)),
        ((None,), 1, (16, 4, 1)),
        ((50, None), 1, (16, 4, 1)),
        ((50, 60), 1, (16, 4, 1)),
        ((), 1, (16, 4, 1)),
    ],
)
def test_a_known_length_is_cut_into_few_pieces(lengths, layers, sizes):
    assert chunk_sizes_for(lengths, layers) == sizes
