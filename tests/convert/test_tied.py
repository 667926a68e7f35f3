"""Tied embeddings are stored once; coupled gates are computed once."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from keras import layers

from edgernn.convert import convert
from edgernn.edge_runtime import load
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.train.lm.model import bare_model, training_network
from edgernn.train.lm.options import PRESETS

WORDS, SIZE, UNITS = 600, 16, 20


def tied_model(**options: object) -> keras.Model:
    keras.utils.set_random_seed(2)
    ids = keras.Input((None,), dtype="int32", name="ids")
    table = layers.ReversibleEmbedding(WORDS, SIZE, name="table", **options)
    x = layers.LSTM(UNITS, return_sequences=True)(table(ids))
    model = keras.Model(ids, table(layers.Dense(SIZE)(x), reverse=True))
    random = np.random.default_rng(5)
    model.set_weights([random.normal(0, 0.4, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


def constants_in(path, least: int) -> list[int]:
    """Bytes of the constants that have so many at least."""
    root = schema.Model.GetRootAs(read_bundle(path).content, 0)
    sizes = [root.Buffers(number).DataLength() for number in range(root.BuffersLength())]
    return [size for size in sizes if size >= least]


@pytest.mark.parametrize(
    ("recipe", "target", "size"),
    [
        ("float32", "litert", 4 * WORDS * SIZE),
        ("dynamic_wi8", "litert", WORDS * SIZE),
        ("dynamic_wi8", "tflite-runtime", WORDS * SIZE),
        ("weight_only_wi8", "litert", WORDS * SIZE),
        ("dynamic_wi4", "litert", WORDS * SIZE // 2),
    ],
)
def test_the_table_is_stored_once_and_computes_both_ways(tmp_path, recipe, target, size):
    model = tied_model()
    result = convert(model, quantize=recipe, target=target)
    result.save(tmp_path / "tied.tflite")
    assert constants_in(tmp_path / "tied.tflite", size) == [size]
    assert result.manifest.execution.mode == "chunked"
    ids = np.random.default_rng(1).integers(0, WORDS, (1, 23)).astype(np.int32)
    expected = np.asarray(model(ids))
    found = next(iter(load(tmp_path / "tied.tflite").run({"ids": ids}).values()))
    bound = {"float32": 1e-5, "dynamic_wi8": 0.1, "weight_only_wi8": 0.03, "dynamic_wi4": 0.6}[recipe]
    assert np.abs(found - expected).max() < bound * np.abs(expected).max()


def test_rows_of_very_different_size_keep_their_own_scales(tmp_path):
    """One scale for the whole table would wipe the small rows out."""
    model = tied_model()
    weights = model.get_weights()
    weights[0] *= np.where(np.arange(WORDS) % 2, 1.0, 0.01).astype(np.float32)[:, None]
    model.set_weights(weights)
    convert(model).save(tmp_path / "tied.tflite")
    ids = np.full((1, 8), 4, np.int32)
    expected = np.asarray(model(ids))[..., ::2]
    found = next(iter(load(tmp_path / "tied.tflite").run({"ids": ids}).values()))[..., ::2]
    assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


@pytest.mark.parametrize("options", [{"tie_weights": False}, {"logit_soft_cap": 2.0}])
def test_other_reversible_embeddings(tmp_path, options):
    model = tied_model(**options)
    convert(model, quantize="float32").save(tmp_path / "m.tflite")
    ids = np.random.default_rng(1).integers(0, WORDS, (1, 9)).astype(np.int32)
    found = next(iter(load(tmp_path / "m.tflite").run({"ids": ids}).values()))
    np.testing.assert_allclose(found, np.asarray(model(ids)), rtol=1e-4, atol=1e-5)


def kernels_in(path) -> set[tuple[int, ...]]:
    root = schema.Model.GetRootAs(read_bundle(path).content, 0)
    graph = root.Subgraphs(0)
    return {
        tuple(graph.Tensors(n).ShapeAsNumpy())
        for n in range(graph.TensorsLength())
        if root.Buffers(graph.Tensors(n).Buffer()).DataLength() and graph.Tensors(n).ShapeLength() == 2
    }


@pytest.mark.parametrize("recipe", ["float32", "dynamic_wi8"])
def test_coupled_gates_are_three(tmp_path, recipe):
    options = replace(PRESETS["tiny"], cell="cifg", units=40, embedding_dim=32)
    network = training_network(options, 50, 1)
    random = np.random.default_rng(3)
    network.set_weights([random.normal(0, 0.3, w.shape).astype(np.float32) for w in network.get_weights()])
    model = bare_model(options, 50, network)
    convert(model, quantize=recipe).save(tmp_path / "m.tflite")
    assert {(120, 32), (120, 40)} <= kernels_in(tmp_path / "m.tflite")
    ids = random.integers(0, 50, (1, 21)).astype(np.int32)
    expected = np.asarray(model(ids))
    found = load(tmp_path / "m.tflite").run({"ids": ids})["logits"]
    assert np.abs(found - expected).max() < {"float32": 1e-5, "dynamic_wi8": 0.05}[recipe] * np.abs(expected).max()


@pytest.mark.parametrize("change", ["kernel", "bias", "activation"])
def test_gates_that_are_not_quite_coupled_are_four(tmp_path, change):
    keras.utils.set_random_seed(1)
    x = keras.Input((None, 8), name="x")
    layer = layers.LSTM(16, recurrent_activation="hard_sigmoid" if change == "activation" else "sigmoid", name="lstm")
    model = keras.Model(x, layer(x))
    kernel, recurrent, bias = (np.array(weight) for weight in layer.get_weights())
    for weight in (kernel, recurrent, bias):
        weight[..., :16] = -weight[..., 16:32]
    if change == "kernel":
        kernel[3, 2] += 1e-3
    elif change == "bias":
        bias[5] += 1e-3
    layer.set_weights([kernel, recurrent, bias])
    convert(model, quantize="float32").save(tmp_path / "m.tflite")
    assert (64, 16) in kernels_in(tmp_path / "m.tflite")
    values = np.random.default_rng(1).normal(size=(1, 12, 8)).astype(np.float32)
    found = next(iter(load(tmp_path / "m.tflite").run({"x": values}).values()))
    np.testing.assert_allclose(found, np.asarray(model(values)), rtol=1e-4, atol=1e-5)
