"""Encoders of pictures with a decoder, lowered: against Keras from any states, by recipes of one and of two kinds."""

from __future__ import annotations

import functools
from typing import Any

import keras
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from pairs import BEGIN, END, PAD, UNKNOWN, VOCABULARY, KerasPair, bundle_of, picture_kind, trained_kind

from edgernn.convert.compact import pack
from edgernn.convert.errors import ConversionError
from edgernn.convert.even_rounding import evenly_rounded, round_evenly
from edgernn.convert.export import export_tflite
from edgernn.convert.pairs.cases import from_states, pair_cases
from edgernn.convert.pairs.lowering import lower_parts
from edgernn.convert.pairs.merge import merge_models
from edgernn.convert.pairs.parts import find_parts
from edgernn.convert.pairs.reference import PairReference
from edgernn.convert.pairs.work import calibrated_on, export_parts
from edgernn.convert.recipes import find_recipe
from edgernn.convert.request import PairRequest
from edgernn.convert.targets import find_target
from edgernn.edge_runtime.bundle.reader import Bundle
from edgernn.edge_runtime.encoder_decoder import EncoderDecoder
from edgernn.edge_runtime.spec.bare import BareSpec

REQUEST = PairRequest(0, (1, 3))
KINDS = {
    "lstm": lambda: picture_kind(1),
    "gru": lambda: picture_kind(2, "gru"),
    "adaptive lstm": lambda: picture_kind(3, adaptive=True),
    "adaptive gru": lambda: picture_kind(4, "gru", adaptive=True),
}


def pictures(count: int, seed: int) -> np.ndarray:
    """Values as a picture's: a colour of its own, flat areas, edges, noise."""
    generator = np.random.default_rng(seed)
    colours = generator.choice([-1.0, 0.0, 1.0], (count, 1, 1, 3))
    made = (colours + generator.uniform(-0.8, 0.8, (count, 4, 4, 3))).repeat(8, axis=1).repeat(8, axis=2)
    return (made + generator.normal(0, 0.05, made.shape)).clip(-1, 1).astype(np.float32)


@functools.cache
def model_of(kind: str) -> Any:
    return KINDS[kind]()


@functools.cache
def bundled(kind: str, recipe: str = "float32") -> Bundle:
    model = model_of(kind)
    parts = find_parts(model, REQUEST)
    lowered = lower_parts(parts, REQUEST)
    samples = [{"picture": one[None]} for one in pictures(40, 99)]
    data = export_parts(parts, lowered, find_recipe(recipe), samples, find_target("litert"), lambda stage: None)
    return bundle_of(parts, lowered, data, recipe, BareSpec("model"))


every_kind = pytest.mark.parametrize("kind", list(KINDS))
some_kinds = pytest.mark.parametrize("kind", ["lstm", "adaptive gru"])


def tokens(rows: int, steps: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(4, VOCABULARY, (rows, steps)).astype(np.int32)


@functools.cache
def reference_and_cases(kind: str) -> tuple[PairReference, list[dict[str, np.ndarray]]]:
    """Pictures with tokens of many numbers of rows, half of them from states that are not zero."""
    parts = find_parts(model_of(kind), REQUEST)
    real = [{"picture": one[None], "token": tokens(1, 30, n)} for n, one in enumerate(pictures(6, 7))]
    reference = PairReference(parts)
    cases = pair_cases(parts, REQUEST, lower_parts(parts, REQUEST).execution.signatures, real)
    return reference, [*cases, *from_states(reference, cases)]


def errors(model: EncoderDecoder, reference: PairReference, cases: list[dict[str, np.ndarray]]) -> tuple[float, float]:
    """The greatest and the mean error, as parts of the greatest logit."""
    differences, scale = [], 0.0
    for case, expected in zip(cases, reference.run(cases), strict=True):
        states = {name: array for name, array in case.items() if name.startswith("state_")}
        found = model.run({name: case[name] for name in ("picture", "token")}, states or None)
        differences += [np.abs(found[name] - expected[name]).ravel() for name in ("logits", "attention")]
        scale = max(scale, float(np.abs(expected["logits"]).max()))
    joined = np.concatenate(differences)
    return float(joined.max()) / scale, float(joined.mean()) / scale


@pytest.mark.parametrize("engine", ["litert-compiled", "litert-interpreter"])
@every_kind
def test_float32_is_keras_from_any_states(kind, engine):
    reference, cases = reference_and_cases(kind)
    assert {case["token"].shape[0] for case in cases} == {1, 3, 4, 5}
    started = [case for case in cases if "state_0_h" in case]
    assert len(started) == 7
    assert all(np.abs(case["state_0_h"]).min() > 0 for case in started)
    most, _ = errors(EncoderDecoder(bundled(kind), None, engine), reference, cases)
    assert most < 1e-5


@every_kind
def test_greedy_tokens_are_those_of_keras(kind):
    pair, opened, never = KerasPair(model_of(kind)), EncoderDecoder(bundled(kind)), [PAD, UNKNOWN, BEGIN]
    said = set()
    for picture in pictures(30, 5):
        found, token = [], BEGIN
        with opened.encode({"picture": picture[None]}) as decoding:
            for _ in range(12):
                logits = decoding.step({"token": np.array([[token]], np.int32)})["logits"][0]
                logits[never] = -np.inf
                if (token := int(logits.argmax())) == END:
                    break
                found.append(token)
        assert found == pair.greedy(picture[None], 12, tuple(never))
        said.add(tuple(found))
    assert len(said) > 1, "pictures must matter"


@pytest.mark.parametrize("recipe", ["dynamic_wi8", "static_encoder_int8"])
@some_kinds
def test_small_weights_stay_well_within_their_bounds(kind, recipe):
    bounds = find_recipe(recipe).bounds
    most, mean = errors(EncoderDecoder(bundled(kind, recipe)), *reference_and_cases(kind))
    assert 1e-4 < most < bounds.max_error / 10
    assert 1e-5 < mean < bounds.mean_error / 10


def test_the_static_encoder_gives_floats_and_leaves_the_step_as_it_is():
    """Its memory is off as integers are; from one memory its step computes what the dynamic recipe's computes."""
    mixed, dynamic = (EncoderDecoder(bundled("lstm", name)) for name in ("static_encoder_int8", "dynamic_wi8"))
    exact = KerasPair(model_of("lstm"))
    picture, given = pictures(1, 3), {"token": tokens(3, 1, 4)}
    runner = Interpreter(model_content=mixed.bundle.content).get_signature_runner("encode")
    memory, expected = runner(picture=picture), exact.encode(picture)
    assert sorted(memory) == sorted(expected)
    for name, array in memory.items():
        assert array.dtype == np.float32
        assert 0 < np.abs(array - expected[name]).max() < 0.15 * np.abs(expected[name]).max(), name
    states = {name: np.repeat(expected[name], 3, axis=0) for name in exact.states}
    steps = [
        Interpreter(model_content=one.bundle.content).get_signature_runner("step_b3")(
            **given, **states, **{name: expected[name] for name in ("keys", "values")}
        )
        for one in (mixed, dynamic)
    ]
    for name, array in steps[0].items():
        np.testing.assert_array_equal(array, steps[1][name])


@some_kinds
def test_kernels_that_share_packed_weights_do_not_disturb_each_other(kind):
    """The encoder's integers and the steps, packed once for all signatures and streams."""
    bundle = bundled(kind, "static_encoder_int8")
    assert bundle.manifest.execution.share_packed_weights
    inputs = {"picture": pictures(1, 3), "token": tokens(3, 5, 4)}
    found = [EncoderDecoder(bundle, None, engine).run(inputs) for engine in ("litert-compiled", "litert-interpreter")]
    np.testing.assert_allclose(found[0]["logits"], found[1]["logits"], atol=1e-3)


def test_merged_files_compute_what_each_computes():
    model, whole = model_of("lstm"), bundled("lstm")
    lowered = lower_parts(find_parts(model, REQUEST), REQUEST)
    files = [
        export_tflite(model, signatures, (), find_recipe("float32"), find_target("litert"), lambda stage: None)
        for signatures in (lowered.signatures[:1], lowered.signatures[1:])
    ]
    merged = Bundle(whole.path, merge_models(files), whole.manifest, {})
    inputs = {"picture": pictures(1, 3), "token": tokens(3, 5, 4)}
    found, expected = (EncoderDecoder(bundle).run(inputs) for bundle in (merged, whole))
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array)
    assert abs(len(merged.content) - len(whole.content)) < 4000


def test_rounded_kernels_lie_on_the_grid_and_their_errors_sum_to_nothing():
    kernel = np.random.default_rng(0).normal(size=(5, 5, 6, 1)).astype(np.float32)
    kernel[:, :, 3] = 0.0
    rounded = round_evenly(kernel, 2)
    step = np.abs(kernel).max(axis=(0, 1, 3)) / 127
    live = step > 0
    in_steps = rounded[:, :, live] / step[live, None]
    np.testing.assert_allclose(in_steps, np.round(in_steps), atol=1e-3)
    assert np.abs(in_steps).max() <= 127.001
    assert (np.abs(rounded - kernel)[:, :, live] <= 1.001 * step[live, None]).all()
    shift = (rounded - kernel)[:, :, live].sum(axis=(0, 1, 3)) / step[live]
    nearest = (np.round(kernel[:, :, live] / step[live, None]) - kernel[:, :, live] / step[live, None]).sum((0, 1, 3))
    assert np.abs(shift).max() <= 0.501 < np.abs(nearest).max()
    np.testing.assert_array_equal(rounded[:, :, 3], 0.0)


def test_the_model_has_its_weights_again_after_rounding():
    encoder = picture_kind(1).get_layer("encoder")
    before = encoder.get_weights()
    with evenly_rounded(encoder):
        changed = [not np.array_equal(a, b) for a, b in zip(encoder.get_weights(), before, strict=True)]
    assert sum(changed) == 5, "each of the five convolutions, and nothing else"
    for array, expected in zip(encoder.get_weights(), before, strict=True):
        np.testing.assert_array_equal(array, expected)


def test_on_flat_pictures_even_rounding_errs_less():
    """What it is for: the shift of a depthwise convolution whose inputs are alike."""
    keras.utils.set_random_seed(0)
    picture = keras.Input((16, 16, 32))
    network = keras.Model(picture, keras.layers.DepthwiseConv2D(5, padding="valid", use_bias=False)(picture))
    flat = np.random.default_rng(0).uniform(1, 6, (1, 1, 1, 32)).repeat(16, 1).repeat(16, 2).astype(np.float32)
    kernel = network.get_weights()[0]
    expected = network.predict(flat, verbose=0)
    step = np.abs(kernel).max(axis=(0, 1, 3))[:, None] / 127
    network.set_weights([np.round(kernel / step) * step])
    nearest = np.abs(network.predict(flat, verbose=0) - expected).mean()
    network.set_weights([kernel])
    with evenly_rounded(network):
        even = np.abs(network.predict(flat, verbose=0) - expected).mean()
    assert even < nearest / 2


def test_a_graph_that_calls_another_cannot_be_merged():
    data = bundled("lstm").content
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(data, 0))
    tree.signatureDefs = tree.signatureDefs[:1]
    with pytest.raises(ConversionError, match="loop in its graph"):
        merge_models([data, pack(tree)])


def test_sequences_are_not_for_a_static_encoder():
    parts = find_parts(trained_kind(), PairRequest(16))
    with pytest.raises(ConversionError, match="source may have any length: take dynamic_wi8"):
        calibrated_on(parts, find_recipe("static_encoder_int8"), [])
