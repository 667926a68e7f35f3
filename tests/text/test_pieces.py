"""Tokens put together again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import BundleError
from edgernn.edge_runtime.text.bytelevel import from_byte_characters, to_byte_characters
from edgernn.edge_runtime.text.pieces import Pieces


def pieces_of(words: list[str], level: str) -> Pieces:
    vocabulary = {word: number for number, word in enumerate(words)}
    return Pieces(json.dumps({"model": {"vocab": vocabulary}}).encode(), level, end=1, unknown=0)


@given(st.text())
def test_byte_characters_and_back(text):
    text = text.encode("utf-8", "replace").decode("utf-8")
    assert from_byte_characters(to_byte_characters(text)).decode("utf-8") == text


def test_characters_whose_bytes_are_apart():
    one, two, three = (to_byte_characters("\u20ac")[i] for i in range(3))
    pieces = pieces_of(["<unk>", "<eos>", one, two, three, "a"], "bpe")
    decoder = pieces.decoder()
    assert [decoder.feed(token) for token in (5, 2, 3, 4, 5)] == ["a", "", "", "\u20ac", "a"]
    assert pieces.text_of([5, 2, 3]) == "a\ufffd"
    assert pieces.text_of([2, 5]) == "\ufffda"


@pytest.mark.parametrize(
    ("after", "tokens", "expected"),
    [
        ("", [2, 3], "how are"),
        ("well", [2, 3], " how are"),
        ("well ", [2, 3], "how are"),
        ("", [2, 1, 3, 1, 1, 2], "how\nare\n\nhow"),
        ("x\n", [3], "are"),
    ],
)
def test_tokens_between_blanks(after, tokens, expected):
    assert pieces_of(["<unk>", "<eos>", "how", "are"], "blank").text_of(tokens, after) == expected


@pytest.mark.parametrize("level", ["word", "char"])
def test_whole_pieces_keep_their_blanks(level):
    pieces = pieces_of(["<unk>", "<eos>", "how", " are", "\n"], level)
    assert pieces.text_of([2, 3, 4, 2, 1]) == "how are\nhow"


@pytest.mark.parametrize(
    "tokenizer",
    [
        b"{",
        b"{}",
        b'{"model": {"vocab": []}}',
        b'{"model": {"vocab": {"a": 0, "b": 2}}}',
        b'{"model": {"vocab": {"a": 0}}}',
        b'{"model": {"vocab": {}}}',
    ],
)
def test_vocabularies_with_gaps_are_refused(tokenizer):
    with pytest.raises(BundleError, match="vocabulary"):
        Pieces(tokenizer, "word", end=1, unknown=0)
