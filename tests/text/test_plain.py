"""The pure-Python reader against Hugging Face tokenizers, an implementation that shares no line with it."""

from __future__ import annotations

import json

import pytest
from conftest import FIXTURES
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.errors import BundleError, InputError, RuntimeUnavailable
from edgernn.edge_runtime.text import clean_text, load_tokenizer
from edgernn.edge_runtime.text.plain import PlainTokenizer

SHIPPED = read_bundle(FIXTURES / "tiny.int8.tflite").assets["tokenizer.json"]
REFERENCE = load_tokenizer(SHIPPED)
PLAIN = PlainTokenizer(json.loads(SHIPPED))


def test_the_reference_is_hugging_face():
    assert type(REFERENCE).__name__ == "_HuggingFace"


@given(st.text(max_size=200))
def test_any_text(text):
    text = clean_text(text, 4000)
    assert PLAIN.encode(text) == REFERENCE.encode(text)


@given(st.text(alphabet=" aerstorm,.!0123456789<pad>\n\t\u00e9\U0001f600", max_size=150))
def test_texts_that_meet_the_merges(text):
    assert PLAIN.encode(text) == REFERENCE.encode(text)


@pytest.mark.parametrize("text", ["", "<s>", "<pad><unk>", "\x00", "storm " * 2000, "x" * 50_000, "\u0130\u03a3"])
def test_corners(text):
    assert PLAIN.encode(text) == REFERENCE.encode(text)


def lowercasing() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Lowercase(), normalizers.Replace(Regex("[0-9]+"), "#"), normalizers.Replace("...", ".")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("[ \\t\\n]"), behavior="removed"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        special_tokens=["<pad>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(["the cat sat on the mat", "THE CATS sit...", "maths 12 34"] * 5, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    tokenizer.enable_truncation(12)
    return tokenizer


LOWER_JSON = lowercasing().to_str()
LOWER = PlainTokenizer(json.loads(LOWER_JSON))
LOWER_REFERENCE = load_tokenizer(LOWER_JSON.encode())


@given(st.text(max_size=60) | st.text(alphabet="THECAtsmaON 12.\u0130\u03a3\u00df", max_size=60))
def test_lower_case_replacement_removal_and_two_sided_template(text):
    text = clean_text(text, 4000)
    assert LOWER.encode(text) == LOWER_REFERENCE.encode(text)
    assert len(LOWER.encode(text)) <= 12


def changed(**parts):
    return {**json.loads(SHIPPED), **parts}


@pytest.mark.parametrize(
    "document",
    [
        changed(normalizer={"type": "NFKC"}),
        changed(pre_tokenizer={"type": "Whitespace"}),
        changed(pre_tokenizer={"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated", "invert": False}),
        changed(model={"type": "Unigram", "vocab": []}),
        changed(model={**json.loads(SHIPPED)["model"], "unk_token": "<unk>"}),
        changed(post_processor={"type": "BertProcessing"}),
        changed(truncation={"direction": "Left", "max_length": 3}),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(document):
    with pytest.raises(RuntimeUnavailable, match=r'needs the tokenizers package: pip install "edgernn\[text\]"'):
        PlainTokenizer(document)


@pytest.mark.parametrize("document", [changed(model={"type": "BPE"}), changed(normalizer=3), changed(truncation={})])
def test_malformed(document):
    with pytest.raises(BundleError, match="malformed"):
        PlainTokenizer(document)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"model": 1}', b'{"model": {"type": "BPE"}}'])
def test_files_that_are_no_tokenizers(data):
    with pytest.raises(BundleError, match="tokenizer"):
        load_tokenizer(data)


def test_without_the_package_the_fallback_is_taken(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert isinstance(load_tokenizer(SHIPPED), PlainTokenizer)


def test_clean_text():
    assert clean_text("a\ud800b\udfffc", 10) == "a\ufffdb\ufffdc"
    assert clean_text("abcdef", 3) == "abc"
    assert clean_text("\U0001f600", 1) == "\U0001f600"
    with pytest.raises(InputError, match="expected a text, found bytes"):
        clean_text(b"x", 3)
