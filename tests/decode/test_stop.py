"""Stop strings: the same text however it is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.decode.stop import StopStrings


def fed(parts: list[str], stops: list[str]) -> tuple[str, bool]:
    filtered = StopStrings(stops)
    text = "".join(map(filtered.feed, parts))
    return text + filtered.finish(), filtered.stopped


@given(
    st.lists(st.text(alphabet="abc", max_size=4), max_size=12),
    st.lists(st.text("abc", min_size=1, max_size=4), max_size=1),
)
def test_pieces_equal_the_whole(parts, stops):
    text = "".join(parts)
    places = [text.find(stop) for stop in stops if stop in text]
    assert fed(parts, stops) == (text[: min(places)] if places else text, bool(places))


@pytest.mark.parametrize(
    ("parts", "stops", "expected"),
    [
        (["Hel", "lo. B", "ye."], ["."], "Hello"),
        (["one\n", "\ntwo"], ["\n\n"], "one"),
        (["ab", "ac"], ["aba"], "abac"[:0]),
        (["aab"], ["ab", "aa"], ""),
        (["no stop"], ["stopped"], "no stop"),
    ],
)
def test_by_hand(parts, stops, expected):
    assert fed(parts, stops)[0] == expected


def test_what_cannot_be_a_stop_any_more_is_passed_on_at_once():
    filtered = StopStrings(["###"])
    assert [filtered.feed(part) for part in ("a#", "#b", "##", "#c")] == ["a", "##b", "", ""]
    assert filtered.stopped
    assert filtered.feed("more") == ""
