"""What is held out, covariates beside a series, and whether a difference is more than chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.forecast.accuracy_test import (
    compare_with_classical,
    diebold_mariano,
    sentence,
    student_p_value,
)
from edgernn.edge_runtime.forecast.covariates import INCOMPLETE, align
from edgernn.edge_runtime.forecast.features import prepare_raw
from edgernn.edge_runtime.forecast.measure import measure
from edgernn.edge_runtime.forecast.series import Series
from edgernn.edge_runtime.forecast.split import cases_of, divided, held_out
from edgernn.edge_runtime.spec.forecast import CovariateSpec, ForecastSpec

PLAN, WIND = CovariateSpec("plan", True, 10.0, 2.0), CovariateSpec("wind", False, 0.0, 1.0)


def spec_of(*covariates: CovariateSpec, horizon: int = 3) -> ForecastSpec:
    return ForecastSpec(
        *("forecast", "daily", (7,), horizon, 5, 30, "linear", (0.1, 0.5, 0.9), ("y",), covariates),
        *("window", "context", "quantiles"),
    )


def test_what_is_held_out():
    assert held_out(20, 6) == 6  # at least one horizon
    assert held_out(1000, 10) == 150  # 15 %, in whole horizons
    assert held_out(10**6, 10) == 600  # at most 60 origins
    series = Series("a", np.arange(100.0), np.zeros(0))
    (one,) = divided([series, Series("short", np.arange(5.0), np.zeros(0))], 3)
    assert (len(one.values), len(one.test)) == (85, 15)
    own = Series("b", np.arange(9.0), np.array([9.0]))
    assert divided([own], 3) == [own]


def test_cases_roll_over_the_end():
    (one,) = divided([Series("a", np.arange(100.0), np.zeros(0))], 3)
    cases = cases_of([one], spec_of())
    assert [case.left for case in cases] == [15, 12, 9, 6, 3]
    for case in cases:
        assert case.history[-1] + 1 == case.actual[0]
        assert case.unit == 7.0  # a line of slope 1 over a week
        np.testing.assert_array_equal(case.history, np.arange(100.0 - case.left))


def test_cases_without_a_value_are_left_out_and_gaps_are_not_measured():
    values = np.arange(40.0)
    values[[34, 35, 36, 38]] = np.nan
    cases = cases_of(divided([Series("a", values, np.zeros(0))], 3), spec_of())
    assert [case.left for case in cases] == [3]
    spec = spec_of(horizon=6)
    cases = cases_of(divided([Series("a", values, np.zeros(0))], 6), spec)
    forecasts = [np.tile([29.0, 38.0, 47.0], (6, 1)) for _ in cases]
    found = measure(cases, forecasts, spec)
    # Known are 37 and 39: one below, one above.
    assert found["smape"] == pytest.approx((200 / 75 + 200 / 77) / 2)
    assert found["coverage_80"] == 1.0


def test_covariates_are_lined_up_with_the_steps():
    spec = spec_of(PLAN, WIND)
    plan = 10.0 + 2.0 * np.arange(11)
    wind = np.arange(8.0)
    found = align({"plan": plan, "wind": wind}, 8, spec)
    np.testing.assert_allclose(found.window, np.c_[[3, 4, 5, 6, 7], [3, 4, 5, 6, 7]])
    np.testing.assert_allclose(found.ahead, [[8], [9], [10]])
    assert found.flags == ()
    prepared = prepare_raw(np.arange(8.0) ** 2, spec, {"plan": plan, "wind": wind}).prepared
    np.testing.assert_allclose(prepared.window[:, 2:], found.window)
    np.testing.assert_allclose(prepared.context[-3:], [8, 9, 10])


def test_covariates_that_are_missing_become_the_mean():
    spec = spec_of(PLAN, WIND)
    found = align({"plan": [14, None, 14, 14], "wind": [1, 2, float("inf")]}, 3, spec)
    np.testing.assert_allclose(found.window[-3:], [[2, 1], [0, 2], [2, 0]])
    np.testing.assert_allclose(found.ahead, [[2], [0], [0]])
    assert found.flags == (INCOMPLETE,)
    assert align({"plan": [1e30] * 6, "wind": [0] * 3}, 3, spec).ahead.tolist() == [[10.0]] * 3
    assert align(None, 3, spec_of()) is None


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"plan": [1] * 6}, "covariate 'wind' is missing: give its values for the history$"),
        ({"wind": [1] * 3}, "covariate 'plan' is missing: give its values for the history and the steps ahead"),
        ({"plan": [1] * 6, "wind": [1] * 3, "sun": [1]}, "covariate 'sun': this bundle has plan, wind"),
        ({"plan": [1] * 2, "wind": [1] * 3}, "covariate 'plan': 2 values for a history of 3"),
        ({"plan": "abc", "wind": [1] * 3}, "covariate 'plan': history: expected a list of numbers"),
    ],
)
def test_covariates_that_do_not_fit_are_refused(given, fault):
    with pytest.raises(InputError, match=fault):
        align(given, 3, spec_of(PLAN, WIND))


@pytest.mark.parametrize(
    ("statistic", "degrees", "expected"),
    [(12.706, 1, 0.05), (2.2621572, 9, 0.05), (-2.2621572, 9, 0.05), (2.576, 10**6, 0.01), (0.0, 5, 1.0)],
)
def test_students_distribution(statistic, degrees, expected):
    assert student_p_value(statistic, degrees) == pytest.approx(expected, abs=2e-5)


def test_the_test_by_hand():
    own, other = np.array([1.0, 2, 1, 2, 1, 2, 1, 3]), np.full(8, 2.0)
    difference = own - other
    found = diebold_mariano(own, other, np.arange(8))
    expected = difference.mean() / math.sqrt(difference.var() / 8) * math.sqrt(7 / 8)
    assert found.statistic == pytest.approx(expected)
    assert found.error_ratio == pytest.approx(13 / 16)
    assert (found.origins, found.verdict) == (8, "no difference")
    # Series of one origin are no independent evidence.
    twice = diebold_mariano(np.repeat(own, 2), np.repeat(other, 2), np.repeat(np.arange(8), 2))
    assert twice == found


def test_the_verdict():
    generator = np.random.default_rng(5)
    other = generator.uniform(1, 2, 60)
    places = np.arange(60)
    assert diebold_mariano(0.8 * other, other, places).verdict == "better"
    assert diebold_mariano(1.2 * other, other, places).verdict == "worse"
    few = diebold_mariano(other[:5] / 2, other[:5], places[:5])
    assert (few.verdict, math.isnan(few.p_value)) == ("no difference", True)
    assert "too few origins" in sentence("naive", few)
    assert "better than the random walk: 0.800 of its error" in sentence(
        "naive", diebold_mariano(0.8 * other, other, places)
    )


def test_a_random_walk_is_not_beaten_by_itself():
    values = np.random.default_rng(3).standard_normal(400).cumsum() + 100
    spec = spec_of()
    cases = cases_of(divided([Series("a", values, np.zeros(0))], 3), spec)
    forecasts = [np.tile(case.history[-1], (3, 3)) for case in cases]
    found = compare_with_classical(cases, forecasts, spec)
    assert found["naive"].error_ratio == 1.0
    assert found["naive"].verdict == "no difference"
    assert found["seasonal naive"].verdict == "better"
