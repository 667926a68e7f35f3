"""`run` of bare models and `bench`, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import edgernn
from conftest import FIXTURES

from edgernn.edge_runtime import load

INT8, FLOAT, SENSOR = (str(FIXTURES / name) for name in ("tiny.int8.tflite", "tiny.float32.tflite", "sensor.tflite"))


def test_bench():
    status, out, err = edgernn("bench", INT8, "--seconds", "0.02", "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert [latency["steps"] for latency in document["latencies"]] == [1, 8, 32, 128]
    assert [signature["name"] for signature in document["signatures"]] == ["chunk_16", "chunk_4", "chunk_1"]
    for timed in (*document["latencies"], *document["signatures"]):
        assert 0 < timed["p50"] <= timed["p90"] <= timed["p99"]
    for signature in document["signatures"]:
        assert signature["to_floor"] == pytest.approx(signature["p50"] / signature["floor"])
        assert 0 < signature["weight_bytes"] <= signature["read_bytes"]
    assert document["scaling"][0]["threads"] == 1
    assert document["file_bytes"] == Path(INT8).stat().st_size
    lines = edgernn("bench", INT8, "--seconds", "0.02")[1].splitlines()
    assert lines[2].split()[:2] == ["steps", "p50"]
    assert [line.split()[0] for line in lines if line.startswith("chunk")] == ["chunk_16", "chunk_4", "chunk_1"]
    assert {kind["name"]: kind["count"] for kind in document["profile"]}["LOGISTIC"] == 3 * 16
    profile = lines[next(i for i, line in enumerate(lines) if line.startswith("operators of chunk_16")) + 1 :]
    assert sum(int(line.split("%")[0].split()[-1]) for line in profile) == pytest.approx(100, abs=len(profile))


def test_weights_are_read_again_by_every_step():
    signatures = {s.name: s for s in load(SENSOR).manifest.execution.signatures}
    # Recurrent kernel 4 x 16 floats, kernel 2 x 16, biases 16 and 2, dense 4 x 2: small ones are not counted.
    assert signatures["chunk_1"].weight_bytes == 4 * (64 + 32 + 16)
    assert signatures["chunk_1"].largest_weight == 4 * 64
    assert signatures["chunk_4"].read_bytes - signatures["chunk_1"].read_bytes == 3 * 4 * 64


def test_bench_of_one_bundle_against_another():
    status, out, err = edgernn("bench", INT8, "--compare", FLOAT, "--seconds", "0.02", "--json")
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert document["bytes_ratio"] == pytest.approx(Path(INT8).stat().st_size / Path(FLOAT).stat().st_size)
    for pair in document["lengths"]:
        assert 0 < pair["low"] <= pair["ratio"] <= pair["high"]
        assert pair["pairs"] >= 40
    assert "of most pairs" in edgernn("bench", INT8, "--compare", FLOAT, "--seconds", "0.02")[1]
    status, out, err = edgernn("bench", INT8, "--compare", SENSOR)
    assert (status, out) == (2, "")
    assert "only bundles of the same model can be compared" in err


STEPS = [[0.5, -1.0], [2.0, 0.25], [0.0, 1.0], [-0.75, 3.0], [1.0, 1.0]]


def expected_steps() -> Any:
    return load(SENSOR).run({"x": np.array([STEPS], np.float32)})["y"][0]


@pytest.mark.parametrize("text", ["{0},{1}", "{0} {1}", "{0};{1}", "{0}\t{1}"])
@pytest.mark.parametrize("header", ["", "a,b\n"])
def test_run_takes_rows_of_numbers(tmp_path, text, header):
    file = tmp_path / "steps.csv"
    file.write_text(header + "\n".join(text.format(*step) for step in STEPS) + "\n\n", encoding="utf-8")
    status, out, err = edgernn("run", SENSOR, str(file), "--json")
    assert (status, err) == (0, "")
    (result,) = json.loads(out)
    np.testing.assert_allclose(np.array(result["outputs"]["y"])[0], expected_steps(), atol=1e-6)


def test_run_answers_standard_input_line_by_line():
    process = subprocess.Popen(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "run", SENSOR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for number, (step, expected) in enumerate(zip(STEPS, expected_steps(), strict=True), 1):
        process.stdin.write(f"{step[0]} {step[1]}\n")
        process.stdin.flush()
        # The answer comes before the next step is written.
        count, name, *values = process.stdout.readline().split()
        assert (int(count), name) == (number, "y")
        np.testing.assert_allclose([float(v) for v in values], expected, atol=1e-5)
    process.stdin.close()
    assert process.wait() == 0


def test_run_of_a_stream_is_one_json_document():
    text = "\n".join(f"{a},{b}" for a, b in STEPS)
    status, out, err = edgernn("run", SENSOR, "--json", stdin=text.encode())
    assert (status, err) == (0, "")
    document = json.loads(out)
    assert [item["step"] for item in document] == [1, 2, 3, 4, 5]
    found = [item["outputs"]["y"][0][0] for item in document]
    np.testing.assert_allclose(found, expected_steps(), atol=1e-6)
    assert json.loads(edgernn("run", SENSOR, "--json", stdin=b"")[1]) == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("1,2\n3\n", "line 2: 1 numbers, and a step of 'x' is 2"),
        ("1,2\nx,y\n", "line 2: not only numbers"),
        ("1,nan\n", "line 1: a value is not a finite number"),
        ("a,b\n", "no row of numbers in it"),
        ("", "no row of numbers in it"),
    ],
)
def test_run_names_the_bad_line(tmp_path, content, fault):
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    status, out, err = edgernn("run", SENSOR, str(file))
    assert (status, out) == (2, "")
    assert f"{file}" in err
    assert fault in err
    assert err.count("\n") == 1


def test_options_of_the_engine(tmp_path):
    status, out, err = edgernn("run", INT8, "storm", "--cache", str(tmp_path / "c"), "--cores", "0")
    assert (status, err) == (0, "")
    assert out.split()[0] in ("weather", "food", "travel")
    assert len(list((tmp_path / "c").iterdir())) in (0, 2)
    status, out, err = edgernn("run", INT8, "storm", "--cores", "one")
    assert (status, out) == (2, "")
    assert "'one' is no list of core numbers, as in 2,3" in err
    status, out, err = edgernn("run", INT8, "storm", "--cores", "4000")
    assert (status, out) == (2, "")
    assert "cores [4000]: not to be had here" in err
