"""Texts cut into sentences and layout, and sentences into pieces."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.translate.layout import parts_of, shortened

TEXTS = st.text(st.sampled_from("aB1 .!?\u2026\n\r\t\u3002\u00a0\"')-*<>br/\u2028\u4f60\U0001f600,;:")) | st.text()


def sentences(text: str) -> list[str]:
    return [part.text for part in parts_of(text) if part.is_sentence]


@given(TEXTS)
def test_parts_add_up_to_the_text(text):
    parts = parts_of(text)
    assert "".join(part.text for part in parts) == text
    assert all(part.text for part in parts)
    for part in parts:
        if part.is_sentence:
            assert part.text == part.text.strip()
            assert not set("\n\r\t\u2028") & set(part.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How are you? I am fine.", ["How are you?", "I am fine."]),
        ("One. Two.  Three!\n\nFour", ["One.", "Two.", "Three!", "Four"]),
        ("Mr. Smith met J. R. Tolkien. He left.", ["Mr. Smith met J. R. Tolkien.", "He left."]),
        ("It costs 3.50 dollars, e.g. here.", ["It costs 3.50 dollars, e.g. here."]),
        ('"Stop!" He ran.', ['"Stop!"', "He ran."]),
        ("Wait... what? Yes\u2026 No", ["Wait... what?", "Yes\u2026", "No"]),
        ("- milk\n* bread\n 2. rice", ["milk", "bread", "rice"]),
        ("\u4f60\u597d\u3002\u4e16\u754c\uff01", ["\u4f60\u597d\u3002", "\u4e16\u754c\uff01"]),
        (
            "\u041f\u0440\u0438\u0432\u0456\u0442. \u042f\u043a \u0441\u043f\u0440\u0430\u0432\u0438?",
            ["\u041f\u0440\u0438\u0432\u0456\u0442.", "\u042f\u043a \u0441\u043f\u0440\u0430\u0432\u0438?"],
        ),
        ("\u00bfQu\u00e9? \u00a1S\u00ed!", ["\u00bfQu\u00e9?", "\u00a1S\u00ed!"]),
        ("<p>One.</p><p>Two <b>three</b>.<br/>Four</p>", ["One.", "Two <b>three</b>.", "Four"]),
        ("name\tvalue", ["name", "value"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@given(TEXTS, st.integers(1, 9))
def test_pieces_fit_and_add_up(text, most):
    pieces = shortened(text, lambda piece: len(piece) <= most)
    assert "".join(pieces) == text
    assert all(len(piece) <= most for piece in pieces)


def test_long_sentences_are_cut_at_clauses_then_at_blanks():
    text = "when the rain came, the dog slept; nobody saw it"
    assert shortened(text, lambda piece: len(piece) < 40) == ["when the rain came, ", "the dog slept; nobody saw it"]
    assert shortened("one two three four", lambda piece: len(piece) < 12) == ["one two ", "three four"]
    assert shortened("x" * 10, lambda piece: len(piece) < 6) == ["x" * 5, "x" * 5]


@pytest.mark.parametrize("text", ["!" * 60_000, " " * 60_000 + "x", "<" * 60_000, ". " * 30_000, "a.b" * 20_000])
def test_hostile_texts_take_no_longer_than_others(text):
    began = time.perf_counter()
    parts_of(text)
    assert time.perf_counter() - began < 5.0
