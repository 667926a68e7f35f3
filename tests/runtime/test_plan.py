from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.plan import Piece, chunk_plan, whole_plan


def test_by_hand():
    assert chunk_plan(22, (16, 4, 1)) == (
        Piece(0, 0, 16),
        Piece(1, 16, 20),
        Piece(2, 20, 21),
        Piece(2, 21, 22),
    )
    assert whole_plan(5, (64, 16, 4)) == Piece(1, 0, 5)
    assert whole_plan(64, (64, 16, 4)) == Piece(0, 0, 64)


@given(st.integers(1, 500), st.sets(st.integers(2, 40), max_size=4))
def test_pieces_cover_every_step_once_and_in_order(length, sizes):
    ordered = [*sorted(sizes, reverse=True), 1]
    pieces = chunk_plan(length, tuple(ordered))
    assert [p.start for p in pieces] == [0, *(p.stop for p in pieces[:-1])]
    assert pieces[-1].stop == length
    assert all(p.stop - p.start == ordered[p.signature] for p in pieces)


def test_too_long_for_every_signature():
    with pytest.raises(InputError, match=r"65 steps is longer than this bundle takes \(64\)"):
        whole_plan(65, (64, 16))
