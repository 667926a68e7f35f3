"""`convert` and `edgernn convert` from end to end."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
from fixtures.make import write_sentences
from keras import layers
from lowered import randomize

from edgernn.convert import ConversionError, ProofFailed, convert
from edgernn.convert.proof import check_proof, check_quality, compare, drift
from edgernn.convert.recipes import find_recipe
from edgernn.convert.request import Rounding
from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.spec.manifest import QualitySpec
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


def bare_model():
    inputs = keras.Input((None, 4), name="x")
    sequence = layers.GRU(40, return_sequences=True, name="gru")(inputs)
    last = layers.Dense(3, activation="softmax", name="classes")(layers.LSTM(6, name="lstm")(sequence))
    return randomize(keras.Model(inputs, [layers.Dense(2, name="each")(sequence), last]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder from `edgernn train classify`."""
    place = tmp_path_factory.mktemp("trained")
    write_sentences(place / "s.csv", 150)
    words = ["train", "classify", "--data", str(place / "s.csv"), "--out", str(place / "m"), "--preset", "tiny"]
    subprocess.run([sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words], check=True, capture_output=True)
    return place / "m"


def test_a_model_in_memory(tmp_path):
    model = bare_model()
    result = convert(model, quantize="float32")
    result.save(tmp_path / "bare.tflite")
    loaded = load(tmp_path / "bare.tflite")
    x = np.random.default_rng(1).standard_normal((1, 37, 4)).astype(np.float32)
    found = loaded.run({"x": x})
    assert list(found) == ["each", "classes"]
    for value, wanted in zip(found.values(), model(x), strict=True):
        np.testing.assert_allclose(value, np.asarray(wanted), atol=1e-5)
    report = result.report
    assert report["passed"] is True
    assert report["proof"]["cases"] == 24
    assert report["proof"]["from_states"] == 8
    assert report["proof"]["longest"] == 500
    assert [step for step, _ in report["drift"]] == list(range(1, 501))
    assert report["proof"]["max_error"] < 1e-4
    assert report["lowering"]["name"] == "chunked"
    assert report["quality"] is None
    assert selftest(loaded).passed


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_files_give_the_same_bytes_as_the_model_in_memory(tmp_path, suffix):
    model = keras.Sequential([keras.Input((None, 4), name="x"), layers.SimpleRNN(5, name="rnn")])
    randomize(model).save(tmp_path / f"m{suffix}")
    result = convert(tmp_path / f"m{suffix}", quantize="float16", target="tflite-runtime")
    assert result.manifest.target == "tflite-runtime"
    assert result.manifest.quantization.recipe == "float16"
    assert result.report["proof"]["max_error"] < 5e-3


def test_the_proof_is_on_the_test_split(folder, tmp_path):
    result = convert(folder, quantize="dynamic_wi8")
    metrics = json.loads((folder / "metrics.json").read_text())
    assert result.report["quality"]["keras"]["accuracy"] == pytest.approx(metrics["test"]["accuracy"])
    assert result.report["quality"]["examples"] == 30
    result.save(tmp_path / "s.tflite")
    model = load(tmp_path / "s.tflite")
    rows = [json.loads(line) for line in (folder / "data" / "test.jsonl").read_text().splitlines()]
    right = np.mean([model.classify(row["text"])[0].label == row["label"] for row in rows])
    assert right == pytest.approx(result.report["quality"]["artifact"]["accuracy"])
    texts = json.dumps([json.loads(v) for v in [model.bundle.assets["golden.json"].decode()]])
    assert not [row["text"] for row in rows if row["text"] in texts]


def test_a_metric_that_falls_fails_the_conversion(folder, tmp_path, monkeypatch):
    """The artifact is made to answer at random: the gate must see it, and nothing may be written."""
    import edgernn.convert.api as api

    real = api.try_artifact

    def wrong(*arguments):
        tried = real(*arguments)
        outputs = [{name: value[:, ::-1] for name, value in case.items()} for case in tried.outputs]
        return dataclasses.replace(tried, outputs=outputs)

    monkeypatch.setattr(api, "try_artifact", wrong)
    with pytest.raises(ProofFailed) as caught:
        convert(folder, quantize="float32")
    assert "greatest error" in str(caught.value)
    assert caught.value.report["passed"] is False


def test_max_drop_is_in_points():
    quality = QualitySpec("test", 1000, {"accuracy": 0.985}, {"accuracy": 0.982})
    assert check_quality(quality, "accuracy", 0.3) == []
    (failure,) = check_quality(quality, "accuracy", 0.29)
    assert failure.startswith("accuracy fell by 0.30 points (0.9850 in Keras, 0.9820 here), 0.29 are allowed")
    assert check_quality(None, None, 0.0) == []


EXECUTION = ExecutionSpec("chunked", "chunked", (), (), ("x",), ("y",))


@pytest.fixture(scope="module")
def chosen():
    """A bare model converted by "auto": its weights are too coarse for 4 bits."""
    model = keras.Sequential([keras.Input((None, 24), name="x"), layers.LSTM(40, name="lstm"), layers.Dense(3)])
    return convert(randomize(model), quantize="auto")


def test_auto_takes_the_smallest_that_passes(chosen):
    tried = chosen.report["tried"]
    assert [attempt["recipe"] for attempt in tried][-1] == chosen.manifest.quantization.recipe
    assert all(attempt["failures"] for attempt in tried[:-1])
    assert tried[-1] == {"recipe": tried[-1]["recipe"], "bytes": len(chosen.data), "failures": []}
    assert tried[0]["recipe"] == "dynamic_wi4"
    assert tried[0]["bytes"] < len(chosen.data)


def test_auto_without_a_metric_holds_every_recipe_to_the_bounds_of_int8(chosen):
    bounds = find_recipe("dynamic_wi8").bounds
    proof = chosen.report["proof"]
    assert proof["mean_error"] <= bounds.mean_error * proof["scale"]
    assert find_recipe("dynamic_wi4").bounds.no_wider_than(bounds).mean_error == bounds.mean_error
    assert find_recipe("float32").bounds.no_wider_than(bounds) == find_recipe("float32").bounds


def test_auto_keeps_the_task_metric(folder):
    result = convert(folder, quantize="auto", max_drop=0.0)
    quality = result.report["quality"]
    assert quality["artifact"]["accuracy"] >= quality["keras"]["accuracy"]
    assert result.report["tried"][-1]["failures"] == []


def measured(expected, found):
    cases = [{"x": np.zeros((1, 2, 1), np.float32)}]
    outputs = ([{"y": np.array(expected, np.float32)}], [{"y": np.array(found, np.float32)}])
    return compare(EXECUTION, cases, *outputs), drift(EXECUTION, cases, *outputs)


def test_errors_by_hand():
    proof, drifted = measured([[[1.0, -4.0], [2.0, 0.0]]], [[[1.5, -4.0], [2.0, 0.25]]])
    assert (proof.max_error, proof.mean_error, proof.scale) == (0.5, 0.1875, 4.0)
    assert proof.argmax_agreement == 1.0
    assert drifted == [(1, 0.5), (2, 0.25)]
    assert (proof.longest, proof.from_states) == (2, 0)


@pytest.mark.parametrize("bad", [[[[np.nan, 0.0]]], [[[1.0, -4.0, 0.0]]], [[[np.inf, 0.0]]]])
def test_errors_count_nan_and_wrong_shapes_as_infinite(bad):
    proof, drifted = measured([[[1.0, -4.0]]], bad)
    assert proof.max_error == np.inf
    (first, _) = check_proof(proof, find_recipe("dynamic_wi8").bounds, Rounding(), drifted)
    assert first.startswith("greatest error inf exceeds 1 (scale 4), first at step 1")


def test_overflow_is_overflow_on_both_sides():
    assert measured([[[np.inf, 1.0]]], [[[np.nan, 1.0]]])[0].max_error == 0.0


def test_a_chaotic_model_is_measured_by_its_own_rounding():
    proof, _ = measured([[[1.0, 0.0]]], [[[1.001, 0.0]]])
    assert len(check_proof(proof, find_recipe("float32").bounds, Rounding())) == 2
    assert check_proof(proof, find_recipe("float32").bounds, Rounding(1e-4, 5e-5)) == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"quantize": "int3"}, "unknown recipe 'int3': choose one of float32, float16, dynamic_wi8"),
        ({"target": "moon"}, "unknown target 'moon': choose one of litert, tflite-runtime"),
        ({"lowering": "magic"}, "unknown lowering 'magic'"),
        ({"calibration": {"x": 1}}, "needs no calibration data"),
    ],
)
def test_wrong_names(arguments, fault, folder):
    with pytest.raises((InputError, ConversionError)) as caught:
        convert(folder, **arguments)
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda f: (f / "config.json").unlink(), "config.json missing"),
        (lambda f: (f / "config.json").write_text("{"), "cannot be read as JSON"),
        (lambda f: (f / "config.json").write_text('{"format_version": 9}'), "kit_version: missing"),
        (lambda f: (f / "tokenizer.json").unlink(), "tokenizer.json missing: train again"),
        (lambda f: (f / "labels.txt").write_text("one\n"), "labels must be two or more"),
        (lambda f: (f / "tokenizer.json").write_text("[]"), "tokenizer"),
        (lambda f: (f / "data" / "test.jsonl").write_text("nonsense"), "this split cannot be read"),
        (
            lambda f: (f / "data" / "test.jsonl").write_text('{"text": "a", "label": "sport"}\n'),
            "label 'sport' is not in labels.txt",
        ),
        (lambda f: (f / "labels.txt").write_text("food\ntravel\nweather\nsport\n"), "4 labels for 3 outputs"),
        (lambda f: (f / "model.keras").write_bytes(b"junk"), "cannot be loaded by Keras"),
    ],
)
def test_damaged_folders(folder, tmp_path, damage, fault):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    damage(copy)
    out = tmp_path / "out.tflite"
    status, err = edgernn("convert", str(copy), "-o", str(out))
    assert status == 2
    assert fault in err.splitlines()[-1]
    assert "defect" not in err
    assert not out.exists()


def edgernn(*words: str) -> tuple[int, str]:
    process = subprocess.run(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words], capture_output=True, env=dict(os.environ)
    )
    return process.returncode, process.stderr.decode()


def test_the_command_writes_bundle_and_report(folder, tmp_path):
    out, page = tmp_path / "s.tflite", tmp_path / "s.html"
    status, err = edgernn("convert", str(folder), "-o", str(out), "--quantize", "float32", "--report", str(page))
    assert (status, err.count("\n")) == (0, 2)
    html = page.read_text()
    assert "FULLY_CONNECTED" in html
    assert "passed: the artifact computes what Keras computes" in html
    assert "http" not in html
    assert load(out).run({"tokens": [[1]]})["probabilities"].shape == (1, 3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.html", "s.tflite"]


def test_a_killed_conversion_leaves_nothing(folder, tmp_path):
    out = tmp_path / "s.tflite"
    words = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "convert", str(folder), "-o", str(out)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert b"in a child process" in process.stderr.readline()
    time.sleep(0.5)
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, check=False).stdout.split()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(tmp_path.iterdir()) == []
    deadline = time.monotonic() + 20
    alive = children
    while alive and time.monotonic() < deadline:
        alive = [pid for pid in children if Path(f"/proc/{pid.decode()}").exists()]
        time.sleep(0.1)
    assert children
    assert alive == []
