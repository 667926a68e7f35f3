"""Encoders and decoders, lowered: against Keras from any states, in every size, with any number of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers
from pairs import (
    BEGIN,
    END,
    PAD,
    UNKNOWN,
    VOCABULARY,
    KerasPair,
    bundle_of,
    options,
    other_kind,
    randomized,
    trained_kind,
)

from edgernn.convert.errors import ConversionError
from edgernn.convert.export import export_tflite
from edgernn.convert.pairs.lowering import encoder_sizes, lower_parts
from edgernn.convert.pairs.parts import find_parts
from edgernn.convert.recipes import find_recipe
from edgernn.convert.request import PairRequest
from edgernn.convert.targets import find_target
from edgernn.edge_runtime import InputError
from edgernn.edge_runtime.bundle.reader import Bundle
from edgernn.edge_runtime.decode.best import PairScorer
from edgernn.edge_runtime.decode.greedy import greedy
from edgernn.edge_runtime.decode.search import Limits
from edgernn.edge_runtime.encoder_decoder import EncoderDecoder
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.train.translate.model import Sizes, build_model

LONGEST = 40
TASK = TranslateSpec("translate", "s", "t", "", "", BEGIN, END, PAD, UNKNOWN, LONGEST)
KINDS = {
    "lstm": lambda: trained_kind(1),
    "gru, two layers": lambda: trained_kind(2, cell="gru", encoder_layers=2, decoder_layers=2),
    "other": lambda: other_kind(3),
}


def bundled(model: Any, recipe: str = "float32", longest: int = LONGEST) -> Bundle:
    request = PairRequest(longest)
    parts = find_parts(model, request)
    lowered = lower_parts(parts, request)
    data = export_tflite(model, lowered.signatures, (), find_recipe(recipe), find_target("litert"), lambda stage: None)
    return bundle_of(parts, lowered, data, recipe, TASK)


@pytest.fixture(scope="module", params=list(KINDS))
def pair(request) -> tuple[KerasPair, Bundle]:
    model = KINDS[request.param]()
    return KerasPair(model), bundled(model)


@pytest.fixture(params=["litert-compiled", "litert-interpreter"])
def opened(request, pair) -> tuple[KerasPair, EncoderDecoder]:
    return pair[0], EncoderDecoder(pair[1], None, request.param)


def ids(length: int, seed: int, rows: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(4, VOCABULARY, (rows, length)).astype(np.int32)


def states_of(model: EncoderDecoder, rows: int, seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {
        s.name: generator.standard_normal((rows, *s.shape[1:])).astype(np.float32)
        for s in model.manifest.execution.states
    }


@pytest.mark.parametrize("length", [1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 40])
def test_whole_sequences_with_the_targets_given(opened, length):
    keras_pair, model = opened
    source, tokens = ids(length, length), ids(6, length + 100)
    found = model.run({"source": source, "token": tokens})
    np.testing.assert_allclose(found["logits"][0], keras_pair.teacher_forced(source, tokens[0]), atol=3e-5)
    assert found["attention"].shape == (1, 6, length)
    np.testing.assert_allclose(found["attention"].sum(-1), 1.0, atol=1e-5)


@pytest.mark.parametrize("rows", [1, 2, 4, 5, 9])
def test_rows_from_states_that_are_not_zero(opened, rows):
    keras_pair, model = opened
    source, tokens, states = ids(11, 5), ids(4, 6, rows), states_of(model, rows, 7)
    found = model.run({"source": source, "token": tokens}, states)["logits"]
    for row in range(rows):
        own = {name: array[row : row + 1] for name, array in states.items()}
        np.testing.assert_allclose(found[row], keras_pair.teacher_forced(source, tokens[row], own), atol=3e-5)


def test_each_row_goes_on_from_its_parent(opened):
    keras_pair, model = opened
    source = ids(9, 1)
    with model.encode({"source": source}) as decoding:
        decoding.step({"token": np.array([[BEGIN]], np.int32)}, [0])
        decoding.step({"token": np.array([[5], [6], [7]], np.int32)}, [0, 0, 0])
        found = decoding.step({"token": np.array([[8], [9], [10], [11], [12]], np.int32)}, [2, 0, 2, 1, 0])["logits"]
        narrowed = decoding.step({"token": np.array([[13]], np.int32)}, [3])["logits"]
    for row, tokens in enumerate([(7, 8), (5, 9), (7, 10), (6, 11), (5, 12)]):
        expected = keras_pair.teacher_forced(source, np.array([BEGIN, *tokens]))[-1]
        np.testing.assert_allclose(found[row], expected, atol=3e-5)
    np.testing.assert_allclose(
        narrowed[0], keras_pair.teacher_forced(source, np.array([BEGIN, 6, 11, 13]))[-1], atol=3e-5
    )


def test_tokens_are_those_of_keras(pair):
    keras_pair, bundle = pair
    model = EncoderDecoder(bundle)
    never = (PAD, UNKNOWN, BEGIN)
    lengths = np.random.default_rng(0).integers(1, LONGEST, 70)
    for number, length in enumerate(lengths):
        source = ids(int(length), number)
        with model.encode({"source": source}) as decoding:
            scorer = PairScorer(decoding, TASK.token, TASK.logits, TASK.attention)
            first = scorer.step((0,), (BEGIN,))
            found = [one.token for one in greedy(scorer, first, Limits(1, 15), END, never) if one.token != END]
        assert found == keras_pair.greedy(source, 15, never), number


def test_padding_counts_for_nothing(pair):
    """The same sentence through the encoders of all sizes."""
    _, bundle = pair
    model = EncoderDecoder(bundle)
    source, tokens = ids(6, 3), ids(5, 4)
    expected = model.run({"source": source, "token": tokens})["logits"]
    for length in (8, 16, 20, 33):
        padded = np.zeros((1, length), np.int32)
        padded[:, :6] = source
        found = model.run({"source": padded, "token": tokens})
        np.testing.assert_allclose(found["logits"], expected, atol=3e-5)
        assert np.abs(found["attention"][:, :, 6:]).max(initial=0.0) == 0.0


def test_streams_do_not_disturb_each_other(pair):
    _, bundle = pair
    model = EncoderDecoder(bundle)
    first, second = model.encode({"source": ids(5, 1)}), model.encode({"source": ids(12, 2)})
    token = {"token": np.array([[6]], np.int32)}
    mixed = [one.step(token)["logits"] for one in (first, second, first, second)]
    first.close()
    second.close()
    alone = []
    for seed, length in ((1, 5), (2, 12)):
        with model.encode({"source": ids(length, seed)}) as decoding:
            alone += [decoding.step(token)["logits"], decoding.step(token)["logits"]]
    np.testing.assert_array_equal(np.stack(mixed), np.stack([alone[0], alone[2], alone[1], alone[3]]))


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"source": np.zeros((1, 0), np.int32), "token": ids(1, 1)}, "empty"),
        ({"source": ids(49, 1), "token": ids(1, 1)}, "longer than this bundle takes"),
        ({"source": ids(2, 1), "token": np.zeros((1, 0), np.int32)}, "at least one"),
        ({"source": ids(2, 1)}, "'token' is missing"),
        ({"source": ids(2, 1).astype(np.float32), "token": ids(1, 1)}, "dtype float32"),
        ({"source": ids(2, 1, 2), "token": ids(1, 1)}, "shape"),
    ],
)
def test_bad_arrays(pair, inputs, said):
    with pytest.raises(InputError, match=said):
        EncoderDecoder(pair[1]).run(inputs)


def test_each_weight_is_in_the_file_once():
    """However many signatures use it: the file grows as the weights do."""
    small = trained_kind(1)
    wide = randomized(build_model(replace(options(), units=64), Sizes(VOCABULARY, VOCABULARY)), 1)
    grown = len(bundled(wide, longest=16).content) - len(bundled(small, longest=16).content)
    weights = 4 * (wide.count_params() - small.count_params())
    assert weights > 80_000
    assert grown < 1.02 * weights + 4000


def test_sizes_of_encoders():
    assert encoder_sizes(1) == [8]
    assert encoder_sizes(8) == [8]
    assert encoder_sizes(9) == [16, 8]
    assert encoder_sizes(40) == [48, 32, 16, 8]
    assert encoder_sizes(200) == [208, 128, 64, 32, 16, 8]


def test_what_cannot_be_two_parts_is_refused_with_every_reason():
    x = keras.Input((3,), name="x")
    with pytest.raises(ConversionError) as raised:
        find_parts(keras.Model(x, layers.Dense(2)(x)), PairRequest(8))
    assert list(raised.value.reasons) == [
        "the model has no nested model 'encoder'",
        "the model has no nested model 'step'",
    ]
    encoder = keras.Model({"x": x}, {"keys": layers.Dense(2)(x), "more": layers.Dense(2)(x)}, name="encoder")
    keys, state = keras.Input((3,), name="keys"), keras.Input((3,), name="state_a")
    step = keras.Model({"keys": keys, "state_a": state}, {"y": layers.Add()([keys, state])}, name="step")
    with pytest.raises(ConversionError) as raised:
        find_parts(
            keras.Model([x, keys, state], [encoder({"x": x}), step({"keys": keys, "state_a": state})]), PairRequest(8)
        )
    text = "; ".join(raised.value.reasons)
    for part in ("it takes state_a and does not give it", "keys: encoder gives (2,), step takes (3,)", "more"):
        assert part in text
