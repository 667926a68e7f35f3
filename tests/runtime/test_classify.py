from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import load
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.tasks.classify import Category, read_labels


@pytest.fixture(scope="module")
def model():
    from conftest import FIXTURES

    return load(FIXTURES / "tiny.int8.tflite")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("there was a storm and rain, 7", "weather"),
        ("I want rice and soup, 12", "food"),
        ("no more delayed and train, 99", "travel"),
    ],
)
def test_it_has_learned(model, text, label):
    categories = model.classify(text)
    assert categories[0].label == label
    assert categories[0].score > 0.5


def test_a_batch_is_its_texts_one_by_one(model):
    texts = ["snow and storm", "", "bread"]
    assert model.classify(texts) == [model.classify(text) for text in texts]
    assert model.classify([]) == []
    assert model.classify(tuple(texts)) == model.classify(texts)


NASTY = {
    "empty": "",
    "white": " \t\r\n\v\f",
    "emoji": "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "lone surrogates": "a\ud800b\udfff",
    "nul": "a\x00b",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u202egnp.exe",
    "megabyte": "storm " * 175_000,
    "one long word": "x" * 1_000_000,
    "specials": "<s><pad><unk></s>",
    "combining": "e" + "\u0301" * 500,
}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_any_text_gets_a_typed_answer(model, text):
    categories = model.classify(text)
    assert {c.label for c in categories} == {"weather", "food", "travel"}
    assert [c.score for c in categories] == sorted((c.score for c in categories), reverse=True)
    assert sum(c.score for c in categories) == pytest.approx(1.0, abs=1e-4)


@given(st.text(alphabet=st.characters(), max_size=80))
def test_every_string_is_answered_and_never_padded(model, text):
    ids = model.encode(text)["tokens"]
    assert ids[0, 0] == 1
    assert 0 not in ids
    assert 2 not in ids
    assert isinstance(model.classify(text)[0], Category)


def test_special_tokens_in_a_text_are_letters(model):
    assert model.encode("<pad>")["tokens"].tolist() != model.encode("")["tokens"].tolist()
    assert model.encode("<s>")["tokens"][0].tolist().count(1) == 1


@pytest.mark.parametrize("text", [None, 7, b"bytes", {"a": 1}, ["fine", 3], [b"x"]])
def test_what_is_no_text_is_refused(model, text):
    with pytest.raises(InputError, match="expected a text"):
        model.classify(text)


@pytest.mark.parametrize("data", [b"", b"one\n", b"a\na\n", b"a\n\nb\n", b"\xff\xfe\n"])
def test_bad_labels(data):
    with pytest.raises(BundleError, match="labels"):
        read_labels(data, "file")
