"""Search over sequences side by side: against every sequence spelt out, against the likeliest token, and its scores."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.decode.greedy import greedy
from edgernn.edge_runtime.decode.scorer import Scored
from edgernn.edge_runtime.decode.scores import by_length, by_length_and_coverage
from edgernn.edge_runtime.decode.search import Limits, search

END = 0


class Table:
    """A model that looks at its last two tokens, and attends to one of three places by the last one."""

    def __init__(self, size: int, seed: int) -> None:
        generator = np.random.default_rng(seed)
        self.logits = generator.normal(0, 2, (size, size, size)).astype(np.float32)
        self.attention = generator.dirichlet(np.ones(3), size).astype(np.float32)
        self.last = [(0, 0)]

    def scored(self) -> Scored:
        rows = [self.logits[last] for last in self.last]
        return Scored(np.stack(rows), np.stack([self.attention[last[1]] for last in self.last]))

    def step(self, parents, tokens) -> Scored:
        self.last = [(self.last[parent][1], token) for parent, token in zip(parents, tokens, strict=True)]
        return self.scored()

    def log_probability(self, tokens) -> float:
        last, total = (0, 0), 0.0
        for token in tokens:
            logits = self.logits[last].astype(np.float64)
            total += logits[token] - np.log(np.exp(logits).sum())
            last = (last[1], token)
        return float(total)


def every_sequence(size: int, steps: int):
    """All that end within so many steps, and those of all steps that do not."""
    for length in range(1, steps + 1):
        for tokens in product(range(1, size), repeat=length - 1):
            yield (*tokens, END)
    yield from product(range(1, size), repeat=steps)


def exhaustive(model: Table, size: int, steps: int, score):
    found = []
    for tokens in every_sequence(size, steps):
        said = tokens[:-1] if tokens[-1] == END else tokens
        rows = [model.attention[token] for token in (0, *tokens[:-1])]
        total = model.log_probability(tokens)
        found.append((said, total, score(total, len(tokens), np.sum(rows, axis=0))))
    return sorted(found, key=lambda item: -item[2])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("penalties", [(0.0, 0.0), (0.6, 0.0), (1.0, 0.4)])
def test_enough_beams_find_what_spelling_everything_out_finds(seed, penalties):
    size, steps = 4, 4
    score = by_length_and_coverage(*penalties)
    model = Table(size, seed)
    found = search(model, model.scored(), Limits(size**steps, steps), score, END)
    expected = exhaustive(Table(size, seed), size, steps, score)
    assert len(found) == len(expected)
    assert found[0].tokens == expected[0][0]
    np.testing.assert_allclose([one.score for one in found], [one[2] for one in expected], rtol=1e-4, atol=1e-5)


@given(st.integers(2, 9), st.integers(0, 400), st.integers(1, 12))
def test_one_beam_is_the_likeliest_token_again_and_again(size, seed, steps):
    one, other = Table(size, seed), Table(size, seed)
    (beam,) = search(one, one.scored(), Limits(1, steps), by_length(1.0), END)
    chosen = list(greedy(other, other.scored(), Limits(1, steps), END))
    assert beam.tokens == tuple(c.token for c in chosen if c.token != END)
    assert beam.ended == (chosen[-1].token == END)
    assert beam.log_probability == pytest.approx(sum(c.log_probability for c in chosen), rel=1e-5, abs=1e-5)
    if beam.tokens:
        np.testing.assert_array_equal(beam.attention, [c.attention for c in chosen if c.token != END])


def test_attention_follows_each_hypothesis():
    model = Table(6, 3)
    for one in search(model, model.scored(), Limits(4, 6), by_length(1.0), END):
        expected = [model.attention[token] for token in (0, *one.tokens)][: len(one.tokens)]
        if one.tokens:
            np.testing.assert_array_equal(one.attention, expected)
        assert one.log_probability == pytest.approx(
            model.log_probability((*one.tokens, END) if one.ended else one.tokens), abs=1e-4
        )


def test_forbidden_tokens_never_come():
    model = Table(7, 5)
    found = search(model, model.scored(), Limits(5, 6), by_length(1.0), END, forbidden=(2, 4))
    assert found
    assert not {2, 4} & {token for one in found for token in one.tokens}
    model = Table(7, 5)
    assert not {2, 4} & {c.token for c in greedy(model, model.scored(), Limits(1, 9), END, (2, 4))}


def test_limits_of_tokens_and_time():
    model = Table(5, 1)
    model.logits[:, :, END] = -50.0  # it never ends by itself
    found = search(model, model.scored(), Limits(3, 7), by_length(1.0), END)
    assert [len(one.tokens) for one in found] == [7] * 3
    assert not any(one.ended for one in found)
    model = Table(5, 1)
    assert [one.tokens for one in search(model, model.scored(), Limits(3, 7, 0.0), by_length(1.0), END)] == [()]
    assert list(greedy(model, model.scored(), Limits(1, 7, 0.0), END)) == []


def test_penalties_are_those_of_the_paper():
    score = by_length_and_coverage(0.6, 0.2)
    coverage = np.array([0.5, 2.0, 1.0], np.float32)
    expected = -3.0 / ((5 + 7) / 6) ** 0.6 + 0.2 * math.log(0.5)
    assert score(-3.0, 7, coverage) == pytest.approx(expected)
    assert by_length_and_coverage(0.0, 0.2)(-3.0, 7, np.zeros(1, np.float32)) == pytest.approx(
        -3 + 0.2 * math.log(1e-6)
    )
    assert by_length(2.0)(-8.0, 2, None) == -2.0


def test_longer_translations_win_with_a_length_penalty():
    model = Table(4, 11)
    lengths = []
    for alpha in (0.0, 2.0):
        model.last = [(0, 0)]
        found = search(model, model.scored(), Limits(256, 4), by_length_and_coverage(alpha, 0.0), END)
        lengths.append(len(found[0].tokens))
    assert lengths[1] >= lengths[0]
    assert lengths[1] > 1
