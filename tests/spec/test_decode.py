from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.spec.decode import decode, encode


@dataclass(frozen=True)
class Inner:
    count: int
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Outer:
    name: str
    ratio: float
    inner: tuple[Inner, ...]
    table: dict[str, int]
    note: str | None = None
    flag: bool = False


GOOD = {"name": "x", "ratio": 1, "inner": [{"count": 2}], "table": {"k": 3}}


def test_good_document_becomes_typed():
    faults: list[str] = []
    value = decode(Outer, GOOD, "", faults)
    assert faults == []
    assert value == Outer("x", 1.0, (Inner(2, "a"),), {"k": 3})
    assert isinstance(value.ratio, float)


def test_every_fault_is_named_at_once():
    faults: list[str] = []
    bad = {"name": 3, "ratio": True, "inner": [{"count": 1.5, "kind": "z"}, 7], "table": {"k": "v"}, "more": 1}
    assert decode(Outer, bad, "top", faults) is None
    assert sorted(faults) == [
        "top.inner[0].count: expected a whole number, found a number",
        "top.inner[0].kind: expected one of a, b, found 'z'",
        "top.inner[1]: expected an object, found a number",
        "top.more: unknown field",
        "top.name: expected a text, found a number",
        "top.ratio: expected a number, found true",
        "top.table.k: expected a whole number, found a text",
    ]


def test_missing_fields_are_named():
    faults: list[str] = []
    assert decode(Outer, {}, "", faults) is None
    assert sorted(faults) == ["inner: missing", "name: missing", "ratio: missing", "table: missing"]


def test_document_that_is_no_object():
    faults: list[str] = []
    assert decode(Outer, [1], "", faults) is None
    assert faults == ["document: expected an object, found a list"]


@given(
    st.builds(
        Outer,
        st.text(),
        st.floats(allow_nan=False),
        st.lists(st.builds(Inner, st.integers(), st.sampled_from(["a", "b"]))).map(tuple),
        st.dictionaries(st.text(), st.integers()),
        st.none() | st.text(),
        st.booleans(),
    )
)
def test_decode_is_the_inverse_of_encode(value):
    faults: list[str] = []
    assert decode(Outer, encode(value), "", faults) == value
    assert faults == []
