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
from edgernn.edge_runtime.forecast.series import Series
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.forecast.fit import origin_weights, targets
from edgernn.train.forecast.model import build_model, pinball
from edgernn.train.forecast.options import PRESETS, options_for
from edgernn.train.forecast.windows import Windows, make_windows

SPEC = ForecastSpec(
    *("forecast", "quarterly", (4,), 3, 6, 24, "log", (0.1, 0.5, 0.9)),
    *((), (), "window", "context", "quantiles"),
)


def windows_of(values: np.ndarray, stride: int = 1, hidden: int = 3):
    return make_windows([Series("a", values, np.zeros(0))], SPEC, stride, [hidden])


def history(count: int, seed: int = 1) -> np.ndarray:
    return 100 * np.exp(0.1 * np.random.default_rng(seed).standard_normal(count))


def test_origins_see_their_past_and_learn_their_future():
    past = history(30)
    windows = windows_of(past)
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
        one, two = (windows_of(values, stride).without_last(np.array([3])) for values in (past, other))
        for field in ("left", "window", "context", "target"):
            np.testing.assert_array_equal(getattr(one, field), getattr(two, field))
        assert 3 in windows_of(past, stride).left


def test_series_too_short_give_no_origin():
    windows = windows_of(history(4))
    assert (windows.window.shape, windows.target.shape) == ((0, 6, 2), (0, 3))


def test_weights_damp_long_series():
    windows = windows_of(history(20))
    rows = np.zeros(5, np.int64)
    windows = Windows(
        np.array([0, 1, 1, 1, 1]), np.full(5, 7), windows.window[rows], windows.context[rows], windows.target[rows]
    )
    weights = origin_weights(windows, SPEC)
    assert weights.mean() == pytest.approx(1.0)
    assert weights[0] == pytest.approx(2 * weights[1])


def test_old_origins_count_less():
    windows = windows_of(history(40))
    weights = origin_weights(windows, SPEC)
    reach = 6 * SPEC.horizon  # more than half of the series
    assert weights[0] / weights[-1] == pytest.approx(np.exp(-(windows.left[0] - windows.left[-1]) / reach), rel=1e-5)


def test_an_origin_behind_a_gap_is_left_out():
    past = history(30)
    past[16:20] = np.nan
    windows = windows_of(past)
    origins = len(past) - windows.left
    assert not np.isin(origins, [17, 18, 19]).any()  # the value before the origin is missing
    assert 16 not in origins  # nothing is known after it
    assert {15, 21} <= set(origins.tolist())
    # Steps that are missing are not learnt, and what came after the gap does not fill it for those before.
    row = int(np.flatnonzero(origins == 15)[0])
    assert np.isnan(windows.target[row]).tolist() == [False, True, True]
    changed = past.copy()
    changed[20:] *= 5
    np.testing.assert_array_equal(windows.window[origins <= 15], windows_of(changed).window[origins <= 15])


def test_the_loss_by_hand():
    loss = pinball((0.1, 0.5, 0.9))
    # One step known, one unknown; errors 1, -2 and 3 of the three quantiles, the middle one counted 2 and others 0.6.
    target = np.array([[[5.0, 1.0], [0.0, 0.0]]], np.float32)
    answer = np.array([[[4.0, 7.0, 2.0], [9.0, 9.0, 9.0]]], np.float32)
    expected = 0.6 * 0.1 * 1 + 2.0 * 0.5 * 2 + 0.6 * 0.9 * 3
    assert float(np.asarray(loss(target, answer))[0]) == pytest.approx(expected)


def test_unknown_steps_have_no_weight():
    windows = windows_of(history(20))
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
    np.testing.assert_allclose(found[:, 1], prepared.context[:3] + prepared.context[3:6], atol=0.3)


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


def demand(path, count=700, ahead=0):
    """Values that follow a plan which is known ahead, with a season, a gap and an hour that summer time skips."""
    generator = np.random.default_rng(4)
    plan = generator.uniform(0, 1, count)
    times = np.datetime64("2024-03-20T00:00") + np.arange(count) * np.timedelta64(1, "h")
    values = 50 + 5 * np.sin(2 * np.pi * np.arange(count) / 24) + 20 * plan + generator.standard_normal(count) * 0.2
    rows = ["time,load,plan"]
    for n in range(count):
        if 300 <= n < 310 or str(times[n]).endswith("03-31T02:00"):
            continue
        value = "" if n >= count - ahead else f"{values[n]:.3f}"
        rows.append(f"{str(times[n]).replace('T', ' ')},{value},{plan[n]:.4f}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return values


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A bundle with a covariate that is known ahead, trained on a CSV file."""
    folder = tmp_path_factory.mktemp("planned")
    demand(folder / "load.csv")
    words = ("--known", "plan", "--season", "24", "--horizon", "6", "--epochs", "20", "--units", "8", "--layers", "1")
    status, out, err = edgernn(
        *("train", "forecast", "--data", str(folder / "load.csv"), "--out", str(folder / "m"), *words)
    )
    assert status == 0, err
    status, _, fault = edgernn("convert", str(folder / "m"), "-o", str(folder / "f.tflite"))
    assert status == 0, fault
    return folder, out, err


def test_a_table_with_a_covariate(planned):
    folder, out, err = planned
    assert "times in 'time': hourly, season 24 and 168" in err
    assert "without a row: 11 (the longest gap: 10), 1 where clocks are changed for summer time" in err
    metrics = json.loads((folder / "m" / "metrics.json").read_text())
    # The plan makes most of the difference from hour to hour: nothing that does not know it can follow.
    best = min(figures["mase"] for figures in metrics["baselines"].values())
    assert metrics["test"]["mase"] < 0.6 * best
    assert metrics["tests"]["theta"]["verdict"] == "better"
    assert "better than the random walk" in out
    spec = load(folder / "f.tflite").task
    assert [(one.name, one.known) for one in spec.covariates] == [("plan", True)]
    assert spec.columns == ("load",)


def test_what_is_known_ahead_moves_the_forecast(planned):
    folder, _, _ = planned
    model = load(folder / "f.tflite")
    values = demand(folder / "again.csv")
    past, plan = values[:200], np.full(206, 0.5)
    high, low = plan.copy(), plan.copy()
    high[202], low[202] = 1.0, 0.0
    difference = (
        model.forecast(past, covariates={"plan": high}).mean - model.forecast(past, covariates={"plan": low}).mean
    )
    assert difference[2] > 5.0
    assert np.abs(np.delete(difference, 2)).max() < 0.3 * difference[2]
    with pytest.raises(InputError, match="covariate 'plan' is missing"):
        model.forecast(past)
    (only,) = model.forecast([past], covariates=[{"plan": high}])
    np.testing.assert_array_equal(only.mean, model.forecast(past, covariates={"plan": high}).mean)


def test_streams_take_covariates(planned):
    folder, _, _ = planned
    model = load(folder / "f.tflite")
    generator = np.random.default_rng(1)
    values, plan = generator.uniform(40, 60, 60), generator.uniform(0, 1, 70)
    session = model.session()
    for n, value in enumerate(values):
        step = session.step(value, covariates={"plan": plan[n : n + 7]})
        wanted = model.forecast(values[: n + 1], covariates={"plan": plan[: n + 7]})
        np.testing.assert_array_equal(step.forecast.mean, wanted.mean)
    other = model.session()
    other.restore(session.snapshot())
    steps = [one.step(50.0, covariates={"plan": plan[60:67]}) for one in (session, other)]
    np.testing.assert_array_equal(steps[0].forecast.mean, steps[1].forecast.mean)
    with pytest.raises(InputError, match="covariate 'plan': give plan at each step"):
        session.step(50.0)


def test_forecasts_of_a_table_are_drawn(planned, tmp_path):
    folder, _, _ = planned
    demand(tmp_path / "next.csv", count=400, ahead=6)
    picture = tmp_path / "out.png"
    words = ("run", str(folder / "f.tflite"), str(tmp_path / "next.csv"), "--plot", str(picture), "--json")
    status, out, err = edgernn(*words)
    assert status == 0, err
    (result,) = json.loads(out)
    assert result["series"] == "load"
    assert result["times"][0] == "2024-04-05 10:00"
    assert result["flags"] == ["missing values were filled"]
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    status, out, err = edgernn("run", str(folder / "f.tflite"), str(tmp_path / "next.csv"), "--plot", "x.gif")
    assert (status, out) == (2, "")
    assert "ends in .png, .svg, .pdf" in err
    demand(tmp_path / "bare.csv", count=400)
    text = (tmp_path / "bare.csv").read_text().replace("plan", "other")
    (tmp_path / "bare.csv").write_text(text)
    status, _, err = edgernn("run", str(folder / "f.tflite"), str(tmp_path / "bare.csv"))
    assert status == 2
    assert "no column 'plan': it has time, load, other" in err
