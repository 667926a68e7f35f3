from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgernn.edge_runtime import load
from edgernn.edge_runtime.engines import survey
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.golden import GoldenVector, Sample, golden_from_json, golden_to_json
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.selftest import selftest

USABLE = [status.name for status in survey() if status.available]


@pytest.mark.parametrize("engine", USABLE)
@pytest.mark.parametrize("name", ["tiny.int8.tflite", "tiny.float32.tflite", "tiny.old.tflite"])
def test_passes_on_every_engine(name, engine):
    from conftest import FIXTURES

    report = selftest(load(FIXTURES / name, engine=engine))
    assert report.passed, report.failures
    assert report.vectors == 20


def with_golden(model, change):
    vectors = [change(vector) for vector in golden_from_json(model.bundle.assets["golden.json"])]
    assets = {**model.bundle.assets, "golden.json": golden_to_json(vectors)}
    model._bundle = dataclasses.replace(model.bundle, assets=assets)
    return selftest(model)


def shifted(sample, by):
    return dataclasses.replace(sample, values=sample.values + by)


def test_a_different_output_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(vector, outputs={k: shifted(v, np.float32(1e-3)) for k, v in vector.outputs.items()})

    report = with_golden(load(float_bundle), change)
    assert not report.passed
    assert report.max_error == pytest.approx(1e-3, rel=0.1)
    assert "of the scale, 0.0001 is allowed" in report.failures[0]


def test_not_a_number_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(
            vector, outputs={k: shifted(v, np.float32("nan")) for k, v in vector.outputs.items()}
        )

    assert not with_golden(load(float_bundle), change).passed


def test_another_tokenization_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(vector, text=vector.text + " more")

    report = with_golden(load(float_bundle), change)
    assert not report.passed
    assert "tokenized differently here" in report.failures[0]


def test_another_shape_fails(float_bundle):
    def change(vector):
        outputs = {k: dataclasses.replace(v, shape=(*v.shape, 1)) for k, v in vector.outputs.items()}
        return dataclasses.replace(vector, outputs=outputs)

    assert with_golden(load(float_bundle), change).max_error == float("inf")


def test_float32_survives_json_bit_for_bit():
    values = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32) * np.float32(1e-7)
    made = RandomTensor("int32", (1, 3), 7, 2, 9)
    vector = GoldenVector("t\u00e9", {"x": np.array([[1, 2]], np.int32), "z": made}, {"y": Sample.of(values)})
    (again,) = golden_from_json(golden_to_json([vector]))
    assert again.text == "t\u00e9"
    assert again.outputs["y"].shape == (3, 4)
    np.testing.assert_array_equal(again.outputs["y"].values.view(np.int32), values.ravel().view(np.int32))
    assert again.inputs["x"].dtype == np.int32
    assert again.inputs["z"] == made


def test_a_large_output_is_sampled_evenly():
    output = np.arange(3 * 1000, dtype=np.float32).reshape(1, 3, 1000)
    sample = Sample.of(output)
    assert sample.stride == 47
    np.testing.assert_array_equal(sample.values, np.arange(0, 3000, 47))
    assert sample.difference(output) == 0
    output[0, 0, 47] += 5
    assert sample.difference(output) == 5


def test_random_tensors_are_those_of_the_specification():
    # Worked out by hand, word by word, from the description in RandomTensor.
    words = [mix((seed + (i + 1) * 0x9E3779B9) % 2**32) for seed in (3,) for i in range(6)]
    floats = RandomTensor("float32", (2, 3), 3, -2, 2).values()
    np.testing.assert_array_equal(floats, np.reshape([-2 + 4 * (w >> 24) / 256 for w in words], (2, 3)).astype("f4"))
    integers = RandomTensor("int32", (6,), 3, 1, 1000).values()
    assert integers.tolist() == [1 + (999 * w >> 32) for w in words]
    assert integers.dtype == np.int32
    assert RandomTensor("bool", (6,), 3).values().tolist() == [bool(w & 1) for w in words]


def mix(word):
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        word = (word ^ (word >> shift)) * factor % 2**32
    return word ^ (word >> 16)


def test_random_tensors_fill_their_range():
    values = RandomTensor("int32", (1, 4000), 11, 0, 10).values()
    counts = np.bincount(values.ravel(), minlength=10)
    assert counts.size == 10
    assert counts.min() > 300


@pytest.mark.parametrize(("shape", "low", "high"), [((-1,), 0, 2), ((1 << 30,), 0, 2), ((3,), 2, 2)])
def test_random_tensors_that_make_no_sense(shape, low, high):
    with pytest.raises(ValueError, match="no random array of shape"):
        RandomTensor("int32", shape, 0, low, high).values()


@pytest.mark.parametrize("data", [b"{}", b"[1]", b'[{"text": 1}]', b"\xff"])
def test_damaged_golden_vectors(data):
    if data == b"{}":
        assert golden_from_json(data) == []
        return
    with pytest.raises(BundleError, match="golden vectors cannot be read"):
        golden_from_json(data)
