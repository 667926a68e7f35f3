"""Sampling against a plain reference: sort everything, keep what may be kept, draw by the cumulative distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import InputError
from edgernn.edge_runtime.decode import DecodeOptions, Sampler
from edgernn.edge_runtime.decode.select import greatest


def reference_distribution(logits: np.ndarray, options: DecodeOptions, seen=(), forbidden=()) -> dict[int, float]:
    """Every step as its definition says, token by token."""
    scores = {i: float(value) for i, value in enumerate(logits) if i not in forbidden}
    for i in set(seen) & set(scores):
        penalty = np.float32(options.repetition_penalty)
        value = np.float32(scores[i])
        scores[i] = float(value / penalty if value > 0 else value * penalty)
    ranked = sorted(scores, key=lambda i: (-scores[i], i))
    if options.top_k:
        ranked = ranked[: options.top_k]
    exponents = {i: math.exp((scores[i] - scores[ranked[0]]) / options.temperature) for i in ranked}
    total = sum(exponents.values())
    probabilities = {i: exponents[i] / total for i in ranked}
    kept, mass = [], 0.0
    for i in ranked:
        if options.top_p >= 1.0 or mass < options.top_p or not kept:
            kept.append(i)
        mass += probabilities[i]
    kept = [i for i in kept if probabilities[i] >= options.min_p * probabilities[kept[0]]]
    whole = sum(probabilities[i] for i in kept)
    everything = not options.top_k or options.top_k >= len(scores)
    by_id = everything and options.top_p >= 1.0 and options.min_p <= 0.0
    return {i: probabilities[i] / whole for i in (sorted(kept) if by_id else kept)}


SETTINGS = st.builds(
    DecodeOptions,
    temperature=st.sampled_from([0.3, 0.8, 1.0, 1.7]),
    top_k=st.sampled_from([0, 1, 2, 7, 40, 1000]),
    top_p=st.sampled_from([1.0, 0.95, 0.5, 0.0]),
    min_p=st.sampled_from([0.0, 0.05, 0.6, 1.0]),
    repetition_penalty=st.sampled_from([1.0, 1.3, 0.7]),
    seed=st.integers(0, 2**31),
)


def made_logits(size: int, seed: int, ties: bool) -> np.ndarray:
    values = np.random.default_rng(seed).normal(0, 3, size).astype(np.float32)
    return np.round(values) if ties else values


@given(SETTINGS, st.integers(2, 1500), st.integers(0, 10_000))
def test_distribution_is_the_references(options, size, seed):
    logits = made_logits(size, seed, ties=False)
    seen, forbidden = (1, size - 1), (0,)
    sampler = Sampler(options, forbidden)
    sampler.see(seen)
    changed = logits.copy()
    sampler._prepare(changed)
    ids, probabilities = sampler.distribution(changed)
    expected = reference_distribution(logits, options, seen, forbidden)
    assert list(ids) == list(expected)
    np.testing.assert_allclose(probabilities, list(expected.values()), rtol=1e-6, atol=1e-12)


@given(SETTINGS, st.integers(2, 400), st.integers(0, 10_000), st.booleans())
def test_draws_are_the_references(options, size, seed, ties):
    sampler, random = Sampler(options), np.random.default_rng(options.seed)
    seen: list[int] = []
    for number in range(5):
        logits = made_logits(size, seed + number, ties)
        expected = reference_distribution(logits, options, seen)
        cumulative = np.cumsum(list(expected.values()))
        draw = random.random() * cumulative[-1]
        wanted = list(expected)[min(int(np.searchsorted(cumulative, draw, side="right")), len(expected) - 1)]
        token = sampler.choose(logits.copy())
        assert token == wanted
        seen.append(token)


def test_greedy_takes_the_first_of_the_greatest_and_never_what_is_forbidden():
    sampler = Sampler(DecodeOptions(temperature=0.0), forbidden=[2])
    assert sampler.choose(np.array([1, 5, 9, 5], np.float32)) == 1


def test_repetition_penalty_by_hand():
    sampler = Sampler(DecodeOptions(temperature=0.0, repetition_penalty=2.0))
    assert sampler.choose(np.array([4.0, 3.0, -1.0], np.float32)) == 0  # then 2, 3, -1
    assert sampler.choose(np.array([4.0, 3.0, -1.0], np.float32)) == 1  # then 2, 1.5, -1
    assert sampler.choose(np.array([-2.0, -3.0, -3.5], np.float32)) == 2  # -4, -6, -3.5


def test_nucleus_by_hand():
    logits = np.log(np.array([0.1, 0.5, 0.15, 0.25], np.float32))
    ids, probabilities = Sampler(DecodeOptions(temperature=1.0, top_k=0, top_p=0.7)).distribution(logits)
    assert list(ids) == [1, 3]  # the most probable first
    np.testing.assert_allclose(probabilities, [2 / 3, 1 / 3], rtol=1e-6)


def test_frequencies_follow_the_probabilities():
    sampler = Sampler(DecodeOptions(temperature=1.0, top_k=0, top_p=1.0, seed=4))
    logits = np.log(np.array([0.2, 0.5, 0.3], np.float32))
    counts = np.bincount([sampler.choose(logits.copy()) for _ in range(20_000)], minlength=3) / 20_000
    np.testing.assert_allclose(counts, [0.2, 0.5, 0.3], atol=0.012)


@given(st.integers(1, 5000), st.integers(1, 300), st.integers(0, 1000), st.booleans())
def test_greatest_is_a_stable_sort_s_head(size, k, seed, ties):
    scores = made_logits(size, seed, ties)
    expected = np.argsort(-scores, kind="stable")[:k]
    np.testing.assert_array_equal(greatest(scores, k), expected)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"temperature": -1}, "temperature must lie between 0 and 100"),
        ({"temperature": float("nan")}, "temperature must lie"),
        ({"top_k": 2.5}, "top_k must be a whole number"),
        ({"top_p": 1.5}, "top_p must lie"),
        ({"max_tokens": -1}, "max_tokens must lie"),
        ({"beams": 0}, "beams must lie"),
        ({"stop": ("",)}, "stop must be a tuple of texts"),
        ({"seed": -3}, "seed must be a whole number"),
        ({"max_seconds": -1.0}, "max_seconds must be 0 or more"),
        ({"top_k": -1, "min_p": 2}, "top_k must lie between 0 and 1e+09, not -1; min_p must lie"),
    ],
)
def test_settings_out_of_range_are_all_named(settings, words):
    with pytest.raises(InputError) as caught:
        DecodeOptions(**settings)
    assert words in str(caught.value)
