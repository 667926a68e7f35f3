"""Spans and labels."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.tag.schemes import Span, labels_of, may_follow, scheme_of, spans_of

SENTENCES = {
    "iob1": "I-PER I-PER O I-LOC B-LOC O",
    "iob2": "B-PER I-PER O B-LOC B-LOC O",
    "iobes": "B-PER E-PER O S-LOC S-LOC O",
}
SPANS = [Span("PER", 0, 2), Span("LOC", 3, 4), Span("LOC", 4, 5)]


@pytest.mark.parametrize("scheme", SENTENCES)
def test_by_hand(scheme):
    labels = SENTENCES[scheme].split()
    assert spans_of(labels) == SPANS
    assert labels_of(SPANS, 6, scheme) == labels
    assert scheme_of([labels]) == scheme


def test_other_letters_and_faults():
    assert spans_of(["B-A", "L-A", "U-B", "O"]) == [Span("A", 0, 2), Span("B", 2, 3)]
    assert spans_of(["I-A", "I-B", "E-B", "I-B"]) == [Span("A", 0, 1), Span("B", 1, 3), Span("B", 3, 4)]
    assert spans_of(["B-A", "NN", "O"]) == [Span("A", 0, 1)]
    assert spans_of([]) == []


def test_classes_are_no_scheme():
    assert scheme_of([["NNP", "VB"]]) == "none"
    assert scheme_of([["O", "O"], []]) == "none"
    assert scheme_of([["B-NP", "I-NP", "VB"]]) == "none"


@st.composite
def spans(draw):
    """Spans without overlaps, and a length that holds them."""
    found, place = [], 0
    for _ in range(draw(st.integers(0, 6))):
        start = place + draw(st.integers(0, 3))
        place = start + draw(st.integers(1, 4))
        found.append(Span(draw(st.sampled_from(["A", "B-C"])), start, place))
    return found, place + draw(st.integers(0, 2))


@given(spans(), st.sampled_from(["iob1", "iob2", "iobes"]))
def test_written_spans_are_read_again(made, scheme):
    found, length = made
    labels = labels_of(found, length, scheme)
    assert spans_of(labels) == found
    steps = [None, *labels, None]
    assert all(may_follow(a, b, scheme) for a, b in itertools.pairwise(steps))


@pytest.mark.parametrize(
    ("before", "after", "scheme", "allowed"),
    [
        ("O", "I-A", "iob1", True),
        ("O", "B-A", "iob1", False),
        ("I-A", "B-A", "iob1", True),
        ("O", "I-A", "iob2", False),
        (None, "I-A", "iob2", False),
        ("B-A", "I-B", "iob2", False),
        ("B-A", "I-A", "iob2", True),
        ("B-A", "O", "iobes", False),
        ("B-A", None, "iobes", False),
        ("B-A", "E-A", "iobes", True),
        ("E-A", "I-A", "iobes", False),
        ("S-A", "S-A", "iobes", True),
        ("x", "y", "none", True),
    ],
)
def test_what_may_follow(before, after, scheme, allowed):
    assert may_follow(before, after, scheme) is allowed
