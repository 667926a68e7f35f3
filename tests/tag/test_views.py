"""Texts with their labels on a terminal and as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from conftest import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import Entity, SequenceTagger, Tagging, Token, load
from edgernn.edge_runtime.cli.run_tag import TerminalView
from edgernn.edge_runtime.tag.page import page_of
from edgernn.edge_runtime.tag.pieces import pieces_of, places_of

HOSTILE = "<script>alert(\"x\")</script> & \x00\x1b[2J 'Omar' \ud800"


@pytest.fixture(scope="module")
def model() -> SequenceTagger:
    return load(FIXTURES / "forward.tflite")


def made_up(text: str, *entities: tuple[str, int, int]) -> Tagging:
    """A tagging whose tokens are the entities, in a column of entities and one of several labels."""
    found = [Entity(text[start:end], label, start, end, 0.9) for label, start, end in entities]
    tokens = [
        Token(
            e.text, e.label, e.start, e.end, 0.9, {"ner": e.label, "m": (e.label, "z")}, {"ner": 0.9, "m": (0.9, 0.8)}
        )
        for e in found
    ]
    return Tagging(text, tokens, {"ner": found}, ["ner"])


class Reader(HTMLParser):
    """The text that a browser shows, and the elements."""

    def __init__(self):
        super().__init__()
        self.shown, self.tags = [], []

    def handle_data(self, data):
        self.shown.append(data)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_pieces_are_the_text():
    text = "Ada met Bo in Rome"
    outer, inner, last = (Entity(text[a:b], "X", a, b, 1.0) for a, b in ((0, 10), (8, 10), (14, 18)))
    pieces = list(pieces_of(text, [outer, inner, last]))
    assert pieces == [("Ada met Bo", outer), (" in ", None), ("Rome", last)]
    assert places_of(["b", "a", "b"]) == {"a": 0, "b": 1}


def test_a_page_by_hand():
    page = page_of("mine", [made_up("Ada in Rome", ("PER", 0, 3), ("LOC", 7, 11))])
    assert '<mark style="--h:348" title="probability 0.900">Ada<b>PER</b></mark> in ' in page
    assert "<title>mine</title>" in page
    assert "<h2>ner</h2>" in page
    assert '<span class="w">Ada<small>PER|z</small></span>' in page
    assert "LOC 1</li>" in page
    assert "http" not in page  # it needs nothing else
    assert "prefers-color-scheme:dark" in page


def test_markup_in_a_text_is_shown_and_not_obeyed():
    label = "<img src=x onerror=alert(1)>"
    page = page_of('<b title="t">', [made_up(HOSTILE, (label, 0, 8)), Tagging(HOSTILE, [], {}, [])])
    reader = read(page)
    assert not {"script", "img"} & set(reader.tags)
    assert reader.shown.count(label) == 1  # beside the mark; in the list of labels it stands with its number
    assert any('<script>alert("x")</script> & \ufffd\ufffd[2J' in text for text in reader.shown)
    page.encode("utf-8")
    assert "\x1b" not in page


@given(st.text(max_size=40))
def test_every_text_is_shown_whole(text):
    shown = "".join(read(page_of("t", [made_up(text)])).shown)
    expected = re.sub("[\x00-\x08\x0b-\x1f\x7f]", "\ufffd", text.replace("\r\n", "\n"))
    expected = expected.encode("utf-8", "replace").decode("utf-8")
    assert expected in shown


def test_a_terminal_without_colours(model, capsys):
    TerminalView(model, False).show(model.tag("Omar left \x1b[2J Lake Nyos"))
    assert capsys.readouterr().out == "[Omar PER] left \\x1b[2J [Lake Nyos LOC]\n"


def test_a_terminal_with_colours(model, capsys):
    TerminalView(model, True).show(model.tag("Omar left \x1b[2J Lake Nyos"))
    out = capsys.readouterr().out
    assert out.count("\x1b[1m") == 2
    assert "\\x1b[2J" in out
    assert re.sub("\x1b\\[\\d+m", "", out) == "Omar PER left \\x1b[2J Lake Nyos LOC\n"


def test_several_columns_are_a_table(capsys):
    model = load(FIXTURES / "tagger.tflite")
    TerminalView(model, False).show(model.tag("Omar left"))
    assert capsys.readouterr().out == (
        "[Omar PER] left\nword  pos  ner    marks\nOmar  NP   S-PER  O\nleft  VB   O      O\n"
    )
    TerminalView(model, False).show(model.tag(""))
    assert capsys.readouterr().out == "\n"
