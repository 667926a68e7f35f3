"""Against all label sequences, one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.tag.crf import Crf, independent, softmax


def total(crf, scores, path):
    """A sequence's score, by its definition."""
    steps = sum(scores[t, label] for t, label in enumerate(path))
    pairs = sum(crf.transitions[a, b] for a, b in itertools.pairwise(path))
    return crf.start[path[0]] + steps + pairs + crf.end[path[-1]]


@given(st.integers(1, 6), st.integers(2, 4), st.integers(0, 10_000), st.sampled_from([1.0, 30.0, 2000.0]))
def test_best_and_probabilities_are_those_of_exhaustive_search(length, labels, seed, scale):
    random = np.random.default_rng(seed)
    crf = Crf(*(scale * random.normal(size=shape) for shape in ((labels, labels), labels, labels)))
    scores = scale * random.normal(size=(length, labels))
    paths = list(itertools.product(range(labels), repeat=length))
    totals = np.array([total(crf, scores, path) for path in paths])
    assert tuple(crf.best(scores)) == paths[int(totals.argmax())]
    shares = np.exp(totals - totals.max())
    expected = np.zeros((length, labels))
    for path, share in zip(paths, shares / shares.sum(), strict=True):
        expected[np.arange(length), path] += share
    np.testing.assert_allclose(crf.probabilities(scores), expected, rtol=1e-9, atol=1e-12)
    # A part of the best sequence, whatever comes before and behind it.
    best = np.array(paths[int(totals.argmax())])
    start, stop = seed % length, length - seed % 2 if length - seed % 2 > seed % length else length
    same = [s for path, s in zip(paths, shares / shares.sum(), strict=True) if path[start:stop] == (*best[start:stop],)]
    assert crf.lattice(scores).probability(start, best[start:stop]) == pytest.approx(sum(same), rel=1e-9, abs=1e-12)


def test_forbidden_transitions_are_never_taken():
    transitions = np.array([[0.0, -1e4], [0.0, 0.0]])  # not from 0 to 1
    crf = Crf(transitions, np.array([0.0, -1e4]), np.zeros(2))
    scores = np.array([[0.0, 9.0], [0.0, 9.0], [1.0, 9.0]], np.float32)
    assert list(crf.best(scores)) == [0, 0, 0]


def test_equal_scores_give_the_lower_ids():
    assert list(independent(3).best(np.zeros((4, 3)))) == [0, 0, 0, 0]


def test_the_forward_sums_end_in_the_probabilities():
    random = np.random.default_rng(3)
    crf = Crf(random.normal(size=(3, 3)), random.normal(size=3), random.normal(size=3))
    scores = random.normal(size=(5, 3))
    state = None
    for score in scores:
        state = crf.onward(state, score)
    np.testing.assert_allclose(softmax(state + crf.end), crf.probabilities(scores)[-1])
