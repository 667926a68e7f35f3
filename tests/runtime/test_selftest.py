from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edgernn.edge_runtime import load
from edgernn.edge_runtime.engines import survey
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.golden import GoldenVector, golden_from_json, golden_to_json
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


def test_a_different_output_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(vector, outputs={k: v + np.float32(1e-3) for k, v in vector.outputs.items()})

    report = with_golden(load(float_bundle), change)
    assert not report.passed
    assert report.max_error == pytest.approx(1e-3, rel=0.1)
    assert "of the scale, 0.0001 is allowed" in report.failures[0]


def test_not_a_number_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(vector, outputs={k: np.full_like(v, np.nan) for k, v in vector.outputs.items()})

    assert not with_golden(load(float_bundle), change).passed


def test_another_tokenization_fails(float_bundle):
    def change(vector):
        return dataclasses.replace(vector, text=vector.text + " more")

    report = with_golden(load(float_bundle), change)
    assert not report.passed
    assert "tokenized differently here" in report.failures[0]


def test_float32_survives_json_bit_for_bit():
    values = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32) * np.float32(1e-7)
    vector = GoldenVector("t\u00e9", {"x": np.array([[1, 2]], np.int32)}, {"y": values})
    (again,) = golden_from_json(golden_to_json([vector]))
    assert again.text == "t\u00e9"
    np.testing.assert_array_equal(again.outputs["y"].view(np.int32), values.view(np.int32))
    assert again.inputs["x"].dtype == np.int32


@pytest.mark.parametrize("data", [b"{}", b"[1]", b'[{"text": 1}]', b"\xff"])
def test_damaged_golden_vectors(data):
    if data == b"{}":
        assert golden_from_json(data) == []
        return
    with pytest.raises(BundleError, match="golden vectors cannot be read"):
        golden_from_json(data)
