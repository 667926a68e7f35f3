"""`model.translate` on a translator of a few phrases: what comes out, what is kept, what is refused."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st

from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.text import load_tokenizer
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.translate.alignment import leaves_out
from edgernn.edge_runtime.translate.keeping import KeepingTranslator
from edgernn.edge_runtime.translate.layout import parts_of
from edgernn.edge_runtime.translate.options import TranslationOptions
from edgernn.edge_runtime.translate.sentence import Said, SentenceTranslator

BUNDLE: Path = FIXTURES / "translator.tflite"


@pytest.fixture(scope="module")
def model() -> Translator:
    found = load(BUNDLE)
    assert isinstance(found, Translator)
    return found


@pytest.mark.parametrize("beams", [1, 2, 4, 5])
@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("I see bread.", "Yo veo pan."),
        ("She wants", None),
        ("You want the caf\u00e9 here!", "T\u00fa quiero el caf\u00e9 aqu\u00ed!"),
        ("He like rice with Tom?", "\u00c9l amo arroz con Tom?"),
    ],
)
def test_known_phrases(model, source, target, beams):
    (found,) = model.translate(source, beams=beams)
    assert found.score <= 0.0
    if target is not None:
        assert found.text == target
        assert found.score > -1.0


def test_the_layout_is_kept(model):
    text = "I see bread.  You have water!\r\n\r\n - She like rice.\n\t3. He want the dog?\n"
    expected = "Yo veo pan.  T\u00fa tengo agua!\r\n\r\n - Ella amo arroz.\n\t3. \u00c9l quiero el perro?\n"
    assert model.translate(text)[0].text == expected


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["I see bread.", "You have water!", "\n", "\n\n", "  ", "\t", " - ", "***", "\u2028"])))
def test_what_is_no_sentence_stays(model, pieces):
    text = "".join(pieces)
    found = model.translate(text, beams=1)[0].text
    layout = [part.text for part in parts_of(text) if not part.is_sentence]
    rest = found
    for gap in layout:
        assert gap in rest
        rest = rest[rest.index(gap) + len(gap) :]
    assert found.count("\n") == text.count("\n")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "***", "12 / 7", "\U0001f600\U0001f44d", "https://ex.org/a"])
def test_what_has_no_letters_to_translate_stays(model, text):
    found = model.translate(text)
    assert [(one.text) for one in found] == [text]
    if not text.startswith("http"):
        assert found[0].score == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "I",
        "\u042f \u0445\u043e\u0447\u0443 \u0445\u043b\u0456\u0431\u0430.",
        "\u4f60\u597d\u4e16\u754c",
        "\U0001f600 bread \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "I see bread " * 60,
        "bread" * 100,
        "\ud800 broken \udfff",
        "zero\x00byte \x1b[31m",
        "e\u0301" * 30,
    ],
)
def test_any_text_gives_a_text(model, text):
    found = model.translate(text, beams=2, n_best=2, alignment=True)
    assert 1 <= len(found) <= 2
    for one in found:
        assert one.text.encode("utf-8") is not None
        assert math.isfinite(one.score)
        assert all(0 <= link.source[0] < link.source[1] <= len(text) for link in one.alignment)
        assert all(0 <= link.target[0] < link.target[1] <= len(one.text) for link in one.alignment)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I see https://ex.org/a?b=1 here.", ["https://ex.org/a?b=1"]),
        ("I have <b>bread</b> and <i>rice</i>.", ["<b>", "</b>", "<i>", "</i>"]),
        ("You want {name} 1984 now.", ["{name}", "1984"]),
        ("Write a@b.org or www.x.org/y, 20 or 30.", ["a@b.org", "www.x.org/y", "20", "30"]),
    ],
)
def test_tags_numbers_and_addresses_are_kept(model, text, kept):
    for one in model.translate(text, beams=4, n_best=3):
        assert all(one.text.count(piece) >= 1 for piece in kept)


def test_tags_go_with_their_words(model):
    assert model.translate("I see <b>bread</b> today.")[0].text == "Yo veo <b>pan</b> hoy."


def test_alignments_are_of_words(model):
    text = "I see bread.\nYou want rice here!"
    (found,) = model.translate(text, alignment=True)
    pairs = [(text[slice(*link.source)], found.text[slice(*link.target)]) for link in found.alignment]
    assert [target for _, target in pairs] == found.text.split()
    assert {("bread.", "pan."), ("rice", "arroz"), ("here!", "aqu\u00ed!")} <= set(pairs)
    assert all(0.3 < link.weight <= 1.0 for link in found.alignment)
    assert model.translate(text)[0].alignment == ()


def test_n_best_come_in_order(model):
    found = model.translate("I see bread.", beams=5, n_best=5)
    assert found[0].text == "Yo veo pan."
    assert len({one.text for one in found}) == len(found) == 5
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("text", ["I see bread.  You have 17 rice.\n\n- She want <b>water</b> now!", "", "x y"])
def test_a_stream_adds_up_to_the_translation(model, text):
    parts = list(model.translate(text, stream=True))
    assert "".join(parts) == model.translate(text, beams=1)[0].text
    if "bread" in text:
        assert parts[:3] == ["Yo", " veo", " pan"]


def test_two_streams_at_once(model):
    one, two = (model.translate(text, stream=True) for text in ("I see bread today.", "You want rice."))
    parts = [next(one), next(two), next(one), next(two)]
    assert parts == ["Yo", "T\u00fa", " veo", " quiero"]
    assert "".join(one) == " pan hoy."
    assert "".join(two) == " arroz."


@pytest.fixture(scope="module")
def closing(model) -> KeepingTranslator:
    """As if all examples had ended in a full stop."""
    task = replace(model.task, closing=".", target_closing=".")
    assets = model.bundle.assets
    pieces = Pieces(assets[task.target_tokenizer], task.level, task.end, task.unknown)
    return KeepingTranslator(SentenceTranslator(model, task, load_tokenizer(assets[task.source_tokenizer]), pieces))


@pytest.mark.parametrize(
    ("source", "target"),
    [("I see bread", "Yo veo pan"), ("I see bread.", "Yo veo pan."), ("You have water!", "T\u00fa tengo agua!")],
)
def test_what_closes_a_sentence_for_the_models_sake_is_taken_off(closing, source, target):
    options = TranslationOptions(beams=4, n_best=1, alignment=True)
    ((found, _),) = closing.translate(source, options)
    assert found.text == target
    assert [found.text[slice(*link.target)] for link in found.alignment] == target.split()
    assert {source[slice(*link.source)] for link in found.alignment} <= set(source.split())
    assert "".join(closing.stream(source, TranslationOptions(beams=1))) == target


class _Copying:
    """Says what it is given, words in reverse, as a model that copies numbers would."""

    says_unknown = False

    def fits(self, text):
        return True

    def translate(self, text, options, stand_ins="", aligned=False):
        assert stand_ins == ""
        return [Said(" ".join(reversed(text.split())), -0.5, 4, ())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see {name} today", "today {name} see"),
        ("from a@b.org to https://ex.org/?q=1 by 12:30", "12:30 by https://ex.org/?q=1 to a@b.org from"),
        ("41 of {n}", "{n} of 41"),
    ],
)
def test_addresses_go_where_the_model_copies_what_stands_for_them(text, expected):
    ((found, tokens),) = KeepingTranslator(_Copying()).translate(text, TranslationOptions())
    assert (found.text, found.score, tokens) == (expected, -0.5, 4)


class _Forgetful(_Copying):
    """Says what it is given, but leaves out the end of more than four words."""

    def translate(self, text, options, stand_ins="", aligned=False):
        words = text.split()
        return [Said(" ".join(words[:4]).upper(), -1.0, len(words[:4]), (), len(words) > 4)]


@pytest.mark.parametrize("text", ["a b c d", "a b, c d e", "a b c d e f g h i j k l m", " a b c d e f g h i j "])
def test_what_a_translation_leaves_out_is_translated_in_halves(text):
    ((found, tokens),) = KeepingTranslator(_Forgetful()).translate(text, TranslationOptions())
    assert (found.text, found.score, tokens) == (text.upper(), -1.0, len(text.split()))


@pytest.mark.parametrize(
    ("tokens", "unseen", "left_out"),
    [(32, range(20, 28), True), (32, range(20, 27), False), (31, range(20, 31), False), (40, range(0, 40, 2), False)],
)
def test_eight_tokens_in_a_row_that_nothing_looked_at_are_left_out(tokens, unseen, left_out):
    attention = np.full((4, tokens + 8), 0.08, np.float32)
    attention[:, list(unseen)] = 0.07  # 0.28 in all
    attention[:, tokens:] = 0.0  # padding
    assert leaves_out(attention, tokens) is left_out


def test_a_stream_of_a_long_sentence_adds_up_to_the_translation(model):
    text = " and ".join(["I see the dog", "she like rice", "you want bread here", "he have water"] * 5)
    (found,) = model.translate(text, beams=1)
    assert "".join(model.translate(text, stream=True)) == found.text


def test_lists_give_lists(model):
    assert [one[0].text for one in model.translate(["I see bread.", ""])] == ["Yo veo pan.", ""]
    assert model.translate([]) == []


def test_limits_are_hard(model):
    assert len(model.said("I see bread.")) > 0
    (short,) = model.translate("I see bread today.", max_tokens=1, beams=1)
    assert short.text == "Yo"
    for beams in (1, 4):
        assert model.translate("I see bread.", max_seconds=0.0, beams=beams)[0].text == ""
    assert model.translate("I see bread today.", max_tokens=2, beams=1)[0].text == "Yo veo"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"beams": 0}, "beams must be a whole number between 1 and 64, not 0"),
        ({"beams": 2.5}, "beams"),
        ({"n_best": 5}, "n_best (5) must not exceed beams (4)"),
        ({"max_tokens": 0, "length_penalty": math.nan}, "length_penalty"),
        ({"max_seconds": -1}, "max_seconds must be 0 or more"),
        ({"beam": 4}, "unknown setting beam: there are beams"),
        ({"beams": True}, "beams"),
    ],
)
def test_bad_settings(model, settings, said):
    with pytest.raises(InputError) as raised:
        model.translate("x", **settings)
    assert said in str(raised.value)


@pytest.mark.parametrize("text", [None, 5, b"bytes", ["a", None]])
def test_what_is_no_text_is_refused(model, text):
    with pytest.raises(InputError, match="expected a text, found"):
        model.translate(text)


def test_streams_are_of_one_text_and_one_hypothesis(model):
    with pytest.raises(InputError, match="one text"):
        model.translate(["a"], stream=True)
    with pytest.raises(InputError, match="one hypothesis"):
        model.translate("a", stream=True, beams=2)


def test_there_are_no_sessions(model):
    with pytest.raises(InputError):
        model.session()


@pytest.mark.parametrize("engine", ["litert-compiled", "litert-interpreter"])
def test_the_self_test_passes(engine):
    report = selftest(load(BUNDLE, engine=engine))
    assert report.passed, report.failures
    assert report.vectors == 16


def test_unknown_words_are_copied_from_where_the_attention_was(model):
    from edgernn.edge_runtime.translate.source import read_source

    source = read_source("ab cd \U000f0000", lambda text: [9] * len(text.split()), "\U000f0000", 1, 16, by_word=True)
    assert source.ids == (9, 9, 1)
    assert source.copied(np.array([0.7, 0.2, 0.1], np.float32), set()) == "\U000f0000"
    assert source.copied(np.array([0.1, 0.8, 0.1], np.float32), {2}) == "cd"
