"""The forecaster and its sessions, with a small committed bundle."""

from __future__ import annotations

import json

import numpy as np
import pytest
from command import edgernn
from conftest import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import Forecaster, InputError, load
from edgernn.edge_runtime.forecast import history as h
from edgernn.edge_runtime.forecast import session as s

SERIES = FIXTURES / "series.tflite"
HORIZON = 4


@pytest.fixture(scope="module")
def model() -> Forecaster:
    loaded = load(SERIES)
    assert isinstance(loaded, Forecaster)
    return loaded


def walk(count: int, seed: int = 1) -> np.ndarray:
    return 100 * np.exp(0.05 * np.cumsum(np.random.default_rng(seed).standard_normal(count)))


def test_a_season_comes_back(model):
    season = np.array([0.8, 1.1, 1.3, 0.8])
    forecast = model.forecast(200 * np.tile(season, 8))
    np.testing.assert_allclose(forecast.mean, 200 * season, rtol=0.1)
    assert (forecast.lower < forecast.mean).all()
    assert (forecast.mean < forecast.upper).all()
    assert (forecast.coverage, forecast.flags) == (0.8, ())


def test_wider_ranges_hold_narrower_ones(model):
    past = walk(40)
    narrow, wide = model.forecast(past), model.forecast(past, coverage=0.95)
    assert (wide.lower <= narrow.lower).all()
    assert (narrow.upper <= wide.upper).all()
    np.testing.assert_array_equal(wide.mean, narrow.mean)


def test_several_series_are_forecast_one_by_one(model):
    pasts = [walk(30, 1).tolist(), walk(12, 2).tolist()]
    for several in (pasts, [np.array(past) for past in pasts]):
        for together, past in zip(model.forecast(several), pasts, strict=True):
            np.testing.assert_array_equal(together.mean, model.forecast(past).mean)
    assert len(model.forecast(np.ones((3, 20)))) == 3


ANYTHING = st.one_of(st.floats(allow_nan=True, allow_infinity=True), st.none(), st.integers(-5, 10**6))


@given(values=st.lists(ANYTHING, min_size=1, max_size=40))
def test_never_a_nan(model, values):
    usable = [v for v in values if v is not None and np.isfinite(v) and 0 < v <= 1e30]
    if not usable:
        with pytest.raises(InputError, match="history: no"):
            model.forecast(values)
        return
    forecast = model.forecast(values)
    for path in (forecast.lower, forecast.mean, forecast.upper):
        assert np.isfinite(path).all()
    assert (forecast.lower <= forecast.upper).all()


def test_flags_tell_what_was_mended(model):
    assert model.forecast([5.0] * 20).flags == (h.CONSTANT,)
    assert model.forecast([5.0, 6.0]).flags == (h.SHORT,)
    assert model.forecast([*walk(20), None]).flags == (h.MISSING,)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"horizon": 5}, "1 to 4 steps, not 5"),
        ({"horizon": 0}, "1 to 4 steps, not 0"),
        ({"horizon": True}, "1 to 4 steps, not True"),
        ({"coverage": 0.5}, r"this bundle gives 0\.8, 0\.95, not 0\.5"),
        ({"coverage": 0.0}, "not 0.0"),
    ],
)
def test_what_it_cannot_give_is_refused(model, options, fault):
    with pytest.raises(InputError, match=fault):
        model.forecast(walk(20), **options)


def test_a_thousand_steps_are_a_thousand_forecasts(model):
    values, session = walk(1000), model.session()
    for count, value in enumerate(values, 1):
        found = session.step(value).forecast
        if count % 25 and count > 60:  # each one is compared in full at the beginning, every 25th later
            continue
        wanted = model.forecast(values[:count])
        np.testing.assert_array_equal(found.mean, wanted.mean)
        np.testing.assert_array_equal(found.lower, wanted.lower)
        np.testing.assert_array_equal(found.upper, wanted.upper)


def test_an_anomaly_stands_out(model):
    session = model.session()
    scores = [session.step(value).score for value in 100 + np.random.default_rng(2).standard_normal(40)]
    assert scores[0] == 0.0
    before = session.snapshot()
    assert session.step(300.0).score > 5 * max(scores)
    session.restore(before)
    assert session.step(100.0).score <= 2 * max(scores)


def test_the_score_is_in_deviations_of_the_range(model):
    session = model.session()
    for value in walk(30):
        last = session.step(value).forecast
    deviation = (last.upper[0] - last.mean[0]) / 1.2815515655446004
    assert session.step(last.mean[0] + 3 * deviation).score == pytest.approx(3.0, rel=1e-6)


def test_bad_values_are_replaced_by_the_forecast(model):
    session = model.session()
    for value in walk(20):
        last = session.step(value).forecast
    for bad, flag in ((None, s.MISSING_VALUE), (float("nan"), s.MISSING_VALUE), (1e38, s.IMPOSSIBLE_VALUE)):
        step = session.step(bad)
        assert (step.score, step.flags[0]) == (0.0, flag)
        assert session.snapshot()["values"][-1] == last.mean[0]
        last = step.forecast
    with pytest.raises(InputError, match="cannot be missing"):
        model.session().step(None)
    with pytest.raises(InputError, match="expected a number, found 'x'"):
        session.step("x")


def test_the_clock(model):
    session = model.session()
    flags = [session.step(100.0 + n, time=time).flags for n, time in enumerate((0, 60, 120, 300, 290, 350, 99_000))]
    assert flags[2][:1] == (h.SHORT,)
    assert flags[3][0] == s.GAP  # 180 and 240 are missing
    assert flags[4][0] == s.CLOCK_BACK
    assert flags[6][0] == s.LONG_GAP
    assert len(session.snapshot()["values"]) == 1


def test_snapshots_and_forks_go_on_alike(model):
    session = model.session()
    for value in walk(25):
        session.step(value)
    snapshot, fork = session.snapshot(), session.fork()
    other = load(SERIES).session()
    other.restore(snapshot)
    steps = [one.step(123.0) for one in (session, fork, other)]
    assert len({step.score for step in steps}) == 1
    for step in steps[1:]:
        np.testing.assert_array_equal(step.forecast.mean, steps[0].forecast.mean)
    session.reset()
    assert session.step(1.0).score == 0.0
    with pytest.raises(InputError, match="another model"):
        session.restore({**snapshot, "model_sha256": np.array("0" * 64)})


def test_run_on_a_file_and_on_a_stream(tmp_path):
    days = [f"{2020 + n // 4}-{3 * (n % 4) + 1:02}-01" for n in range(12)]
    rows = "".join(f"{day},{value:.3f},{value * 2:.3f}\n" for day, value in zip(days, walk(12), strict=True))
    (tmp_path / "s.csv").write_text("day,sales,visits\n" + rows, encoding="utf-8")
    status, out, _ = edgernn("run", str(SERIES), str(tmp_path / "s.csv"), "--horizon", "2", "--json")
    assert status == 0
    results = json.loads(out)
    assert [result["series"] for result in results] == ["sales", "visits"]
    assert [len(result["mean"]) for result in results] == [2, 2]
    assert results[0]["times"] == ["2023-01", "2023-04"]
    for result in results:
        assert result["lower_95"][0] < result["lower_80"][0] < result["mean"][0] < result["upper_80"][0]
        assert result["upper_80"][0] < result["upper_95"][0]
    np.testing.assert_allclose(results[1]["mean"], 2 * np.array(results[0]["mean"]), rtol=1e-4)
    assert "sales" in edgernn("run", str(SERIES), str(tmp_path / "s.csv"), "--column", "sales")[1]
    status, out, err = edgernn("run", str(SERIES), str(tmp_path / "s.csv"), "--column", "x")
    assert (status, out) == (2, "")
    assert "no column 'x': it has day, sales, visits" in err


def test_eval_names_a_file_of_another_season(tmp_path):
    lines = [{"frequency": "monthly", "period": 12}, {"name": "a", "values": [1, 2, 3] * 20, "test": [1, 2]}]
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    status, out, err = edgernn("eval", str(SERIES), "--data", str(path))
    assert (status, out) == (2, "")
    assert "its values are monthly and those that the bundle learnt quarterly" in err
    path.write_text("not json\n", encoding="utf-8")
    assert "line 1 is not JSON" in edgernn("eval", str(SERIES), "--data", str(path))[2]


def test_eval_gives_the_figures_of_the_bundle(tmp_path):
    from fixtures.make import write_series

    write_series(tmp_path / "series.jsonl")
    status, out, _ = edgernn("eval", str(SERIES), "--data", str(tmp_path / "series.jsonl"), "--json")
    assert status == 0
    document, quality = json.loads(out), load(SERIES).manifest.quality
    assert document["series"] == quality.examples == 40
    for name, value in quality.artifact.items():
        assert document["metrics"][name] == pytest.approx(value, rel=1e-5)
    assert set(document["baselines"]) == {"naive", "seasonal naive", "theta"}
