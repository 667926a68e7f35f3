"""What translations keep: stand-ins, numbers, tags, and where characters came from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.translate.edited import Edited
from edgernn.edge_runtime.translate.kept import cut_at_kept, mask, renumbered, retagged, untag
from edgernn.edge_runtime.translate.outcome import Link


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("See https://ex.org/a?b=1&c=2.", ["https://ex.org/a?b=1&c=2"]),
        ("(www.example.com/x)", ["www.example.com/x"]),
        ("Write to a.b+c@ex.co.uk, now!", ["a.b+c@ex.co.uk"]),
        ("Hello {name}, %s and ${total} or {{x.y}}", ["{name}", "%s", "${total}", "{{x.y}}"]),
        ("It is 5 o'clock, 100 %", []),
        ("An e-mail: a @ b", []),
    ],
)
def test_what_is_masked(sentence, kept):
    masked = mask(sentence)
    assert list(masked.kept.values()) == kept
    assert masked.restored(masked.edited.text).text == sentence


def test_numbers_are_masked_on_request():
    masked = mask("Room 12, 1,500.50 euros on 2024-05-06; 7 days", numbers=True)
    assert list(masked.kept.values()) == ["12", "1,500.50", "2024-05-06"]


def test_a_translation_without_every_stand_in_counts_for_nothing():
    masked = mask("From {a} to {b}")
    one, two = masked.kept
    assert masked.restored(f"De {two} a {one}").text == "De {b} a {a}"
    assert masked.restored(f"De {one}") is None
    assert masked.restored(f"{one} {one} {two}") is None


def test_stand_ins_are_characters_that_the_text_does_not_have():
    masked = mask("\U000f0000 {x}")
    assert "\U000f0000" not in masked.kept
    assert masked.restored(masked.edited.text).text == "\U000f0000 {x}"


def test_numbers_stand_in_where_nothing_is_unknown_to_the_model():
    masked = mask("Write to a@b.org or {name} by 41, 142 or 10:43", spoken=True)
    assert masked.edited.text == "Write to 44 or 45 by 41, 142 or 10:43"
    restored = masked.restored("Hasta 41, 142 o 10:43 escribe a 45 o 44.")
    assert restored.text == "Hasta 41, 142 o 10:43 escribe a {name} o a@b.org."
    assert restored.after((32, 34)) == (32, 38)


@pytest.mark.parametrize("text", ["De 41.", "41 y 41 y 42", "141 y 42", "41 y 423"])
def test_stand_ins_that_are_numbers_count_as_whole_numbers(text):
    assert mask("{a} {b}", spoken=True).restored(text) is None


def test_many_stand_ins_have_three_digits():
    masked = mask("{a} " * 100, spoken=True)
    assert list(masked.kept)[58:60] == ["99", "141"]
    assert masked.restored(masked.edited.text).text == "{a} " * 100


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("1,500 people", "1.500 personas", "1.500 personas"),
        ("1,500 people", "1500 personas", "1500 personas"),
        ("2 cats", "dos gatos", "dos gatos"),
        ("2 cats", "dos gatos, 20", "dos gatos, 20"),
        ("in 1984", "en 1948.", "en 1984."),
        ("10 of 20", "20 de 19", "20 de 10"),
        ("1,500 of 20", "1.400 de 20", "1,500 de 20"),
        # Nothing stands for it, or several might.
        ("10 and 10", "10 y", None),
        ("10 and 20", "11 y 21", None),
        ("in 1984", "en 1948 o 1949", None),
    ],
)
def test_a_number_that_came_out_wrong_is_put_right(source, text, expected):
    found = renumbered(source, text)
    assert (found.text if found is not None else None) == expected


@given(st.text(st.sampled_from("ab {}x12,.@/:<>w ")) | st.text())
def test_pieces_add_up(text):
    assert "".join(piece for piece, _ in cut_at_kept(text)) == text
    assert mask(text, numbers=True).restored(mask(text, numbers=True).edited.text).text == text
    untagged = untag(text)
    assert retagged(untagged.edited.text, untagged.tags, ()).text.count("<") == text.count("<")


def test_tags_go_where_the_words_beside_them_went():
    sentence = "Press <b>the button</b> now"
    untagged = untag(sentence)
    assert untagged.edited.text == "Press the button now"
    text = "Ahora pulse el bot\u00f3n"
    spans = {"Press": (0, 5), "button": (10, 16), "the": (6, 9), "now": (17, 20)}
    links = [
        Link(spans[source], (text.index(target), text.index(target) + len(target)), 1.0)
        for source, target in (("now", "Ahora"), ("Press", "pulse"), ("the", "el"), ("button", "bot\u00f3n"))
    ]
    # What follows the opening tag in the source are three words, of which "now" comes first here.
    assert retagged(text, untagged.tags, links).text == "<b>Ahora pulse el bot\u00f3n</b>"
    straight = [Link(link.source, link.target, 1.0) for link in links if link.source != spans["now"]]
    assert retagged(text, untagged.tags, straight).text == "Ahora pulse <b>el bot\u00f3n</b>"


def test_tags_keep_their_order():
    untagged = untag("<i>a</i> <b>b</b>")
    links = [Link((0, 1), (2, 3), 1.0), Link((2, 3), (0, 1), 1.0)]
    text = retagged("B A", untagged.tags, links).text
    assert [text.index(tag) for tag in ("<i>", "</i>", "<b>", "</b>")] == sorted(
        text.index(tag) for tag in ("<i>", "</i>", "<b>", "</b>")
    )


def test_characters_are_followed_through_changes():
    edited = Edited("see URL now", [(4, 7, "#")])
    assert edited.text == "see # now"
    assert edited.before((4, 5)) == (4, 7)
    assert edited.before((6, 9)) == (8, 11)
    assert edited.after((8, 11)) == (6, 9)
    assert edited.after((5, 6)) == (4, 5)


@pytest.mark.parametrize("text", ["a@" * 30_000, "http://" * 10_000, "{" * 60_000, "<a" * 30_000, "1," * 30_000])
def test_hostile_texts_take_no_longer_than_others(text):
    began = time.perf_counter()
    cut_at_kept(text)
    untag(text)
    assert time.perf_counter() - began < 5.0
