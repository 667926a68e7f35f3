from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import Example, deduplicate, stratified_split

FRACTIONS = {"train": 0.7, "validation": 0.1, "test": 0.2}


def test_duplicates_go_whatever_their_case_spacing_and_label():
    examples = [Example("Hi  there", "a"), Example("hi there ", "b"), Example("other", "a"), Example("HI THERE", "a")]
    assert deduplicate(examples) == ([examples[0], examples[2]], 2)


def test_ranks_by_hand():
    examples = [Example(f"t{i}", "x") for i in range(10)]
    ranked = sorted(examples, key=lambda e: hashlib.sha256(f"5:{e.text}".encode()).digest())
    splits = stratified_split(examples, FRACTIONS, 5)
    assert splits == {"train": ranked[:7], "validation": ranked[7:8], "test": ranked[8:]}


@given(st.dictionaries(st.sampled_from("abc"), st.integers(3, 60), min_size=1), st.integers(0, 99))
def test_properties(counts, seed):
    examples = [Example(f"{label} {i}", label) for label, count in counts.items() for i in range(count)]
    splits = stratified_split(examples, FRACTIONS, seed)
    everything = [e for part in splits.values() for e in part]
    assert sorted(everything, key=str) == sorted(examples, key=str)
    for name, fraction in FRACTIONS.items():
        for label, count in counts.items():
            found = sum(e.label == label for e in splits[name])
            assert found >= 1
            assert abs(found - fraction * count) <= 2
    shuffled = examples[:]
    random.Random(seed).shuffle(shuffled)
    assert {n: sorted(p, key=str) for n, p in stratified_split(shuffled, FRACTIONS, seed).items()} == {
        n: sorted(p, key=str) for n, p in splits.items()
    }


def test_another_seed_divides_otherwise():
    examples = [Example(f"t{i}", "x") for i in range(100)]
    assert stratified_split(examples, FRACTIONS, 1)["test"] != stratified_split(examples, FRACTIONS, 2)["test"]


def test_a_label_with_too_few_examples_is_named():
    examples = [Example(f"t{i}", "x") for i in range(9)] + [Example("u", "rare"), Example("v", "rare")]
    with pytest.raises(InputError, match="'rare' has 2"):
        stratified_split(examples, FRACTIONS, 1)


def test_lone_surrogates_can_be_ranked():
    examples = [Example(f"\ud800{i}", "x") for i in range(5)]
    assert sum(map(len, stratified_split(examples, FRACTIONS, 1).values())) == 5
