"""Beam search against one that spells every sequence out, over a made-up model."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.decode import DecodeOptions, beam_search

END = 0


class Table:
    """A model that looks at its last two tokens."""

    def __init__(self, tables: np.ndarray, last: tuple[int, int] = (0, 0)) -> None:
        self.tables, self.last = tables, last

    def logits(self) -> np.ndarray:
        return self.tables[self.last].astype(np.float32)

    def step(self, token: int) -> np.ndarray:
        self.last = (self.last[1], token)
        return self.logits()

    def fork(self) -> Table:
        return Table(self.tables, self.last)


def made(size: int, seed: int) -> Table:
    return Table(np.random.default_rng(seed).normal(0, 2, (size, size, size)))


def log_probabilities(table: Table) -> np.ndarray:
    logits = table.logits().astype(np.float64)
    return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()


def plain_beams(model: Table, beams: int, steps: int, power: float) -> list[tuple[tuple[int, ...], float]]:
    """The definition in the docstring, without shortcuts."""
    live, ended = [((), 0.0, model)], []
    for _ in range(steps):
        if not live or len(ended) >= beams:
            break
        options = [
            (total + log_probabilities(state)[token], number, token)
            for number, (_, total, state) in enumerate(live)
            for token in range(len(model.tables))
        ]
        options.sort(key=lambda item: (-item[0], item[1], item[2]))
        survivors = []
        for place, (total, number, token) in enumerate(options[: 2 * beams]):
            tokens, _, state = live[number]
            if token == END:
                if place >= beams:
                    continue
                ended.append((tokens, total / (len(tokens) + 1) ** power))
            elif len(survivors) < beams:
                following = state.fork()
                following.step(token)
                survivors.append(((*tokens, token), total, following))
        live = survivors
    ended += [(tokens, total / max(1, len(tokens)) ** power) for tokens, total, _ in live]
    return sorted(ended, key=lambda item: -item[1])[:beams]


@given(st.integers(2, 6), st.integers(0, 500), st.integers(2, 5), st.integers(1, 7), st.sampled_from([0.0, 0.6, 1.0]))
def test_equals_the_plain_search(size, seed, beams, steps, power):
    model = made(size, seed)
    options = DecodeOptions(beams=beams, max_tokens=steps, length_penalty=power)
    found = beam_search(model.fork(), model.logits(), options, END)
    expected = plain_beams(model.fork(), beams, steps, power)
    assert [one.tokens for one in found] == [tokens for tokens, _ in expected]
    np.testing.assert_allclose([one.score for one in found], [score for _, score in expected], rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_enough_beams_find_the_best_sequence_of_all(seed):
    model = made(3, seed)
    found = beam_search(model.fork(), model.logits(), DecodeOptions(beams=27, max_tokens=3, length_penalty=0.0))
    totals = {}
    for tokens in product(range(3), repeat=3):
        state, total = model.fork(), 0.0
        for token in tokens:
            total += log_probabilities(state)[token]
            state.step(token)
        totals[tokens] = total
    best = max(totals, key=totals.__getitem__)
    assert found[0].tokens == best
    assert found[0].log_probability == pytest.approx(totals[best])


def test_forbidden_tokens_never_come():
    model = made(5, 1)
    options = DecodeOptions(beams=4, max_tokens=6)
    found = beam_search(model.fork(), model.logits(), options, END, forbidden=[2, 3])
    assert not {2, 3} & {token for one in found for token in one.tokens}


def test_the_models_are_left_apart():
    model = made(4, 9)
    one, two = (beam_search(model.fork(), model.logits(), DecodeOptions(beams=3, max_tokens=5)) for _ in range(2))
    assert one == two
