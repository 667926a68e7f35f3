"""Forecasters: origins without leaks, the loss, and a training from end to end."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from command import edgernn
from fixtures.make import write_series

from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.forecast.features import prepare, relate
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.forecast.fit import series_weights, targets
from edgernn.train.forecast.model import build_model, pinball
from edgernn.train.forecast.options import PRESETS, options_for
from edgernn.train.forecast.windows import make_windows

SPEC = ForecastSpec("forecast", "quarterly", 4, 3, 6, 24, "log", (0.1, 0.5, 0.9), "window", "context", "quantiles")


def history(count: int, seed: int = 1) -> np.ndarray:
    return 100 * np.exp(0.1 * np.random.default_rng(seed).standard_normal(count))


def test_origins_see_their_past_and_learn_their_future():
    past = history(30)
    windows = make_windows([past], SPEC, 1)
    for row in range(len(windows.series)):
        origin = len(past) - windows.left[row]
        prepared = prepare(past[:origin], SPEC)
        np.testing.assert_array_equal(windows.window[row], prepared.window)
        np.testing.assert_array_equal(windows.context[row], prepared.context)
        ahead = relate(past[origin : origin + 3], prepared, SPEC)
        np.testing.assert_allclose(windows.target[row, : len(ahead)], ahead, rtol=1e-5)
        assert np.isnan(windows.target[row, len(ahead) :]).all()


def test_what_is_held_out_changes_nothing():
    past = history(30)
    other = past.copy()
    other[-3:] *= 7
    for stride in (1, 4):
        one, two = (make_windows([values], SPEC, stride).without_last(3) for values in (past, other))
        for field in ("left", "window", "context", "target"):
            np.testing.assert_array_equal(getattr(one, field), getattr(two, field))
        assert 3 in make_windows([past], SPEC, stride).left


def test_series_too_short_give_no_origin():
    windows = make_windows([history(4)], SPEC, 1)
    assert (windows.window.shape, windows.target.shape) == ((0, 6, 2), (0, 3))


def test_weights_damp_long_series():
    weights = series_weights(np.array([0, 1, 1, 1, 1]))
    assert weights.mean() == pytest.approx(1.0)
    assert weights[0] == pytest.approx(2 * weights[1])


def test_the_loss_by_hand():
    loss = pinball((0.1, 0.5, 0.9))
    # One step known, one unknown; errors 1, -2 and 3 of the three quantiles, the middle one counted 2 and others 0.6.
    target = np.array([[[5.0, 1.0], [0.0, 0.0]]], np.float32)
    answer = np.array([[[4.0, 7.0, 2.0], [9.0, 9.0, 9.0]]], np.float32)
    expected = 0.6 * 0.1 * 1 + 2.0 * 0.5 * 2 + 0.6 * 0.9 * 3
    assert float(np.asarray(loss(target, answer))[0]) == pytest.approx(expected)


def test_unknown_steps_have_no_weight():
    windows = make_windows([history(20)], SPEC, 1)
    both = targets(windows)
    np.testing.assert_array_equal(both[..., 1] == 0, np.isnan(windows.target))
    assert np.isfinite(both).all()


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_quantiles_rise_and_begin_at_the_theta_method(cell):
    keras.utils.set_random_seed(1)
    model = build_model(options_for("tiny", {"cell": cell}), SPEC)
    prepared = prepare(history(20), SPEC)
    found = np.asarray(model([prepared.window[None], prepared.context[None]]))[0]
    assert (np.diff(found, axis=1) > 0).all()
    np.testing.assert_allclose(found[:, 1], prepared.context[:3] + prepared.context[3:6], atol=0.05)


def test_options():
    assert options_for("default", {"units": 5, "cell": None}).units == 5
    assert options_for("default", {}) == PRESETS["default"]
    for chosen, fault in (({"units": 0}, "--units must be more than 0"), ({"dropout": 1.0}, "--dropout must be")):
        with pytest.raises(InputError, match=fault):
            options_for("default", chosen)
    with pytest.raises(InputError, match="choose one of default, tiny, large"):
        options_for("huge", {})


def test_from_the_file_to_the_device(tmp_path):
    write_series(tmp_path / "series.jsonl", 16)
    words = ("--preset", "tiny", "--window", "8", "--epochs", "2")
    status, out, err = edgernn(
        *("train", "forecast", "--data", str(tmp_path / "series.jsonl"), "--out", str(tmp_path / "m"), *words)
    )
    assert status == 0, err
    assert [line.split(",")[0] for line in out.splitlines()[1:3]] == ["model", "model"]
    metrics = json.loads((tmp_path / "m" / "metrics.json").read_text())
    assert metrics["test"]["smape"] < metrics["baselines"]["naive"]["smape"]
    bundle = tmp_path / "f.tflite"
    status, out, err = edgernn("convert", str(tmp_path / "m"), "-o", str(bundle), "--quantize", "dynamic_wi8")
    assert status == 0, err
    quality = load(bundle).manifest.quality
    assert quality.keras["mase"] == pytest.approx(metrics["test"]["mase"], rel=1e-4)
    assert quality.artifact["mase"] == pytest.approx(quality.keras["mase"], rel=5e-3)
    assert edgernn("selftest", str(bundle))[0] == 0


def test_a_file_of_short_series_is_refused(tmp_path):
    lines = [{"frequency": "yearly", "period": 1}, {"name": "a", "values": [1, 2, 3, 4, 5], "test": [6, 7]}]
    path = tmp_path / "s.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    status, out, err = edgernn("train", "forecast", "--data", str(path), "--out", str(tmp_path / "m"))
    assert (status, out) == (2, "")
    assert "too short to learn from: 2 steps ahead need at least 8 values" in err
    assert not (tmp_path / "m").exists()
