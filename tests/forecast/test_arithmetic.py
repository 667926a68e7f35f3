"""The arithmetic around the network, against values computed by hand or by another way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast import history as h
from edgernn.edge_runtime.forecast.features import prepare, relate, restore
from edgernn.edge_runtime.forecast.history import clean
from edgernn.edge_runtime.forecast.metrics import (
    coverage,
    mape,
    mase,
    naive,
    naive2,
    owa,
    seasonal_naive,
    seasonal_unit,
    smape,
)
from edgernn.edge_runtime.forecast.seasonality import is_seasonal, seasonal_indices
from edgernn.edge_runtime.forecast.smoothing import smooth, theta
from edgernn.edge_runtime.spec.forecast import FACTS, ForecastSpec

SEASON = np.array([0.8, 1.1, 1.3, 0.8])


def spec_of(transform="log", period=4, horizon=3, window=6, context=24):
    return ForecastSpec(
        *("forecast", "quarterly", (period,), horizon, window, context, transform),
        *((0.1, 0.5, 0.9), (), (), "w", "c", "q"),
    )


def test_measures_by_hand():
    forecast, actual = np.array([110.0, 90.0]), np.array([100.0, 100.0])
    assert smape(forecast, actual) == pytest.approx((20 / 210 + 20 / 190) / 2 * 100)
    assert smape(np.zeros(2), np.zeros(2)) == 0.0
    assert mape(forecast, actual) == pytest.approx(10.0)
    assert mape(np.array([5.0, 8.0]), np.array([0.0, 10.0])) == pytest.approx(20.0)
    # Steps of 2 from season to season: an error of 10 is five of them.
    assert seasonal_unit(np.array([1.0, 5.0, 3.0, np.nan, 5.0, 7.0]), 2) == 2.0
    assert mase(forecast, actual, 2.0) == pytest.approx(5.0)
    assert np.isnan(seasonal_unit(np.full(5, 3.0), 1))
    assert np.isnan(mase(forecast, actual, float("nan")))
    assert coverage(np.array([0.0, 0.0]), np.array([1.0, 1.0]), np.array([0.5, 2.0])) == 0.5
    assert owa(0.8, 1.0) == pytest.approx(0.9)


def test_naive_methods_by_hand():
    past = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert naive(past, 3).tolist() == [5, 5, 5]
    assert seasonal_naive(past, 5, 3).tolist() == [3, 4, 5, 3, 4]
    assert seasonal_naive(past, 2, 9).tolist() == [5, 5]
    assert naive2(past, 2, 1).tolist() == [5, 5]


def test_a_season_is_found_and_put_back():
    past = 100 * np.tile(SEASON, 6)
    np.testing.assert_allclose(seasonal_indices(past, (4,), multiplicative=True), SEASON, rtol=1e-9)
    np.testing.assert_allclose(naive2(past, 5, 4), 100 * np.r_[SEASON, SEASON[:1]], rtol=1e-9)
    summands = np.array([-3.0, 1.0, 2.0, 0.0])
    line = 10 + 0.5 * np.arange(24)
    np.testing.assert_allclose(seasonal_indices(line + np.tile(summands, 6), (4,), False), summands, atol=1e-9)
    odd = np.array([1.0, -1.0, 0.0])
    np.testing.assert_allclose(seasonal_indices(5 + np.tile(odd, 5), (3,), False), odd, atol=1e-9)


def test_no_season_where_there_is_none():
    noise = np.random.default_rng(0).standard_normal(60)
    assert not is_seasonal(noise, 12)
    assert not is_seasonal(np.full(60, 7.0), 12)
    assert not is_seasonal(np.tile(SEASON, 2), 4)  # two cycles are no evidence
    assert seasonal_indices(noise + 50, (12,), multiplicative=True).tolist() == [1.0]


def test_smoothing_by_hand():
    assert smooth(np.array([4.0])).level == 4.0
    # A jump that stays: the fastest rate errs least.
    assert smooth(np.array([1.0, 1.0, 9.0, 9.0, 9.0])) == smooth(np.array([1.0, 9.0, 9.0]))
    assert smooth(np.array([1.0, 9.0, 9.0])).rate == 1.0
    # Rounding does not choose: every rate fits a constant series.
    assert [smooth(np.full(n, value)).rate for n in (2, 20, 300) for value in (7.0, 0.1, 1e30)] == [0.05] * 9


def test_theta_follows_a_line_half_way_up():
    # Of a straight line y = 2t the bent line is y again; the smoothed level is its last value.
    ahead, rate = theta(2.0 * np.arange(10), 3)
    assert rate == 1.0
    np.testing.assert_allclose(ahead, [0.5 * (18 + 20), 0.5 * (18 + 22), 0.5 * (18 + 24)])
    assert theta(np.array([7.0]), 2)[0].tolist() == [7.0, 7.0]


@pytest.mark.parametrize("transform", ["log", "linear"])
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60), level=st.floats(1e-3, 1e6))
def test_what_is_related_is_restored(transform, seed, count, level):
    spec = spec_of(transform)
    past = level * np.exp(0.3 * np.random.default_rng(seed).standard_normal(count))
    prepared = prepare(past, spec)
    assert prepared.window.shape == (6, 2)
    assert prepared.context.shape == (2 * 3 + FACTS,)
    assert np.isfinite(prepared.window).all()
    assert np.isfinite(prepared.context).all()
    assert prepared.window[:, 1].sum() == min(count, 6)
    np.testing.assert_allclose(restore(relate(past, prepared, spec), prepared, spec), past, rtol=1e-9)


def test_features_do_not_know_the_unit():
    past = 100 * np.tile(SEASON, 6) * np.exp(0.02 * np.arange(24))
    for transform in ("log", "linear"):
        one, other = prepare(past, spec_of(transform)), prepare(1000 * past, spec_of(transform))
        np.testing.assert_allclose(one.window, other.window, atol=1e-4)
        np.testing.assert_allclose(one.context, other.context, atol=1e-4)


def test_only_the_context_counts():
    past = np.random.default_rng(3).uniform(1, 2, 100)
    one, other = prepare(past, spec_of()), prepare(past[-24:], spec_of())
    np.testing.assert_array_equal(one.window, other.window)
    np.testing.assert_array_equal(one.context, other.context)


def test_the_week_is_found_in_what_the_day_leaves():
    day, week = np.array([1.3, 1.0, 0.9, 0.8]), np.array([1.1, 1.1, 1.1, 1.1, 1.1, 0.75, 0.75])
    past = 50 * np.tile(day, 35) * np.repeat(np.tile(week, 5), 4)
    found = seasonal_indices(past, (4, 28), multiplicative=True)
    np.testing.assert_allclose(found, np.tile(day, 7) * np.repeat(week, 4), rtol=0.02)


def test_late_seasons_count_more():
    early, late = np.array([1.0, -1.0, 0.0]), np.array([3.0, -3.0, 0.0])
    past = 10 + np.r_[np.tile(early, 6), np.tile(late, 6)]
    plain, decayed = (seasonal_indices(past, (3,), False, decay) for decay in (1.0, 0.5))
    np.testing.assert_allclose(plain, [2.0, -2.0, 0.0], atol=0.1)
    np.testing.assert_allclose(decayed, [3.0, -3.0, 0.0], atol=0.1)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 150))
def test_smoothing_is_the_recursion(seed, count):
    values = np.random.default_rng(seed).standard_normal(count).cumsum()
    best = (np.inf, 0.0, 0.0)
    for rate in np.linspace(0.05, 1.0, 20):
        level, squares = values[0], 0.0
        for value in values[1:]:
            squares += (value - level) ** 2
            level += rate * (value - level)
        best = min(best, (squares, rate, level))
    found = smooth(values)
    if count > 1:  # rates that err alike may change places by rounding
        assert found.rate == pytest.approx(best[1])
    assert found.level == pytest.approx(best[2], abs=1e-9)


def test_long_gaps_repeat_the_season():
    past = np.tile([1.0, 2.0, 3.0, 4.0, 5.0], 4)
    gappy = past.copy()
    gappy[6:13] = np.nan
    np.testing.assert_array_equal(clean(gappy, "linear", (5,)).values, past)
    gappy = past.copy()
    gappy[-6:] = np.nan
    np.testing.assert_array_equal(clean(gappy, "linear", (5,)).values, past)
    gappy = past.copy()
    gappy[6:9] = np.nan  # short: a line from 1 to 5
    np.testing.assert_array_equal(clean(gappy, "linear", (5,)).values[6:9], [2.0, 3.0, 4.0])
    # Before the first season there is nothing to repeat.
    np.testing.assert_array_equal(clean([1, None, None, None, None, 6], "linear", (5,)).values, [1, 2, 3, 4, 5, 6])


def test_a_spike_is_bounded():
    past = np.r_[100 + np.random.default_rng(1).standard_normal(23), 1e29]
    for transform in ("log", "linear"):
        prepared = prepare(past, spec_of(transform))
        assert np.abs(prepared.window).max() <= 200.0
        assert np.abs(prepared.context).max() <= 200.0


def test_gaps_are_filled_by_the_stated_rule():
    cleaned = clean([None, 2.0, float("nan"), 6.0, float("inf"), 1e38, float("nan")], "linear")
    assert cleaned.values.tolist() == [2.0, 4.0, 6.0, 6.0, 6.0, 6.0]
    assert cleaned.flags == (h.OUT_OF_RANGE, h.MISSING)
    raised = clean([10.0, 0.0, -5.0, 30.0], "log")
    assert raised.values.tolist() == [10.0, 0.2, 0.2, 30.0]
    assert raised.flags == (h.NOT_POSITIVE,)
    assert clean([1.0, 1e-200, 3.0], "log").values.tolist() == [1.0, 0.01, 3.0]
    assert clean([3, 3, 3], "log").flags == (h.CONSTANT,)
    assert clean(np.array([1.0, 2.0]), "log").flags == ()


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ([], "found an array of shape"),
        ([[1.0], [2.0, 3.0]], "expected a list of numbers"),
        (5.0, "found an array of shape"),
        (["a"], "could not convert"),
        ([10**400], "expected a list of numbers"),
        ([float("nan"), None], "no usable value"),
        ([-1.0, 0.0], "no positive value"),
    ],
)
def test_what_is_no_history_is_refused(history, fault):
    with pytest.raises(InputError, match=fault):
        clean(history, "log")
