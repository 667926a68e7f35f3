"""The personal model by hand."""

from __future__ import annotations

import numpy as np
import pytest

from edgernn.edge_runtime.lm.adaptation import Adaptation

UNIFORM = np.zeros(4, np.float32)


def test_mixture_by_hand():
    memory = Adaptation("x", 4)
    memory.learn([0, 2, 3, 2, 3])
    # After 2 came 3, twice, and nothing else. Witten-Bell: 2 / (2 + 1) of it here, the rest from the shorter context,
    # in which 2 came twice and 3 twice.
    orders = [{2: 0.5, 3: 0.5}, {3: 1.0}]
    user = {token: orders[0].get(token, 0) / 3 + orders[1].get(token, 0) * 2 / 3 for token in (2, 3)}
    share = 0.4 * 2 / 3
    expected = [(1 - share) / 4 + share * user.get(token, 0.0) for token in range(4)]
    np.testing.assert_allclose(np.exp(memory.mix(UNIFORM, [1, 2])), expected, rtol=1e-5)


def test_without_a_known_context_the_words_alone_count_little():
    memory = Adaptation("x", 4)
    memory.learn([0, 2, 3])
    share = 0.4 * 0.15
    expected = [(1 - share) / 4, (1 - share) / 4, (1 - share) / 4 + share / 2, (1 - share) / 4 + share / 2]
    np.testing.assert_allclose(np.exp(memory.mix(UNIFORM, [1, 1])), expected, rtol=1e-5)


def test_nothing_learnt_changes_nothing():
    assert Adaptation("x", 4).mix(UNIFORM, [1, 2]) is UNIFORM


@pytest.mark.parametrize("tokens", [[], [1], [3, 3, 3, 3]])
def test_probabilities_add_up(tokens):
    memory = Adaptation("x", 4)
    memory.learn([0, *[3] * 50, 1, 2])
    assert np.exp(memory.mix(np.array([0, 5, -5, 1], np.float32), tokens)).sum() == pytest.approx(1.0, abs=1e-5)


def test_the_memory_has_a_limit():
    memory = Adaptation("x", 100_000)
    memory.learn(list(range(60_000)))
    assert len(memory._counts) <= 50_000
    assert len(memory) == 59_999
