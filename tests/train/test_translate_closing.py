"""Which marks close sentences for a model's sake."""

from __future__ import annotations

import pytest

from edgernn.edge_runtime.translate.reading.bitext import Pair
from edgernn.train.translate.closing import closings


def test_the_full_stop_of_either_side():
    pairs = [Pair("A.", "\u4e00\u3002")] * 8 + [Pair("A?", "\u4e00\uff1f")] * 12
    assert closings(pairs) == (".", "\u3002")


@pytest.mark.parametrize("bare", [Pair("A", "B."), Pair("A.", "B"), Pair("7", "7")])
def test_none_where_some_sentences_end_without(bare):
    pairs = [Pair("A.", "B.")] * 20
    assert closings([*pairs, bare]) == (".", ".")
    assert closings([*pairs, bare, bare]) == ("", "")


def test_nothing_closes_nothing():
    assert closings([]) == ("", "")
    assert closings([Pair("a", "b")]) == ("", "")
    assert closings([Pair("a?", "b?")] * 20) == ("", "")
