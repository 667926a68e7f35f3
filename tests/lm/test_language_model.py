"""Language models as they ship: reading, generating, suggesting, adapting."""

from __future__ import annotations

import json

import numpy as np
import pytest
from conftest import FIXTURES
from hypothesis import given, settings
from hypothesis import strategies as st

from edgernn.edge_runtime import BundleError, InputError, LanguageModel, load
from edgernn.edge_runtime.decode import DecodeOptions, Sampler
from edgernn.edge_runtime.lm.words import log_softmax, typed

LEVELS = ("words", "pieces", "blanks")


@pytest.fixture(scope="module", params=LEVELS)
def model(request) -> LanguageModel:
    return load(FIXTURES / f"{request.param}.tflite")


@pytest.fixture(scope="module")
def words() -> LanguageModel:
    return load(FIXTURES / "words.tflite")


@pytest.fixture(scope="module")
def pieces() -> LanguageModel:
    return load(FIXTURES / "pieces.tflite")


def logits_after(model: LanguageModel, tokens: list[int]) -> np.ndarray:
    """From the whole sequence at once, from zero states."""
    task = model.task
    return model.run({task.input: np.array([tokens], np.int32)})[task.output][0, -1]


@pytest.mark.parametrize("text", ["", "I want", "there was rain, rain but", "I want soup.\nso much"])
def test_reading_equals_the_whole_sequence(model, text):
    tokens = [model.task.end, *model.encode(text)]
    for _ in range(2):  # the second time from the states that were kept
        np.testing.assert_allclose(model.read(text).logits, logits_after(model, tokens), rtol=1e-5, atol=1e-5)


def test_kept_states_are_those_of_the_text(words):
    text = "there was rain, rain but nobody asked? no more cloud"
    for cut in (10, 25, 40, len(text), 17):
        expected = logits_after(words, [words.task.end, *words.encode(text[:cut])])
        np.testing.assert_allclose(words.read(text[:cut]).logits, expected, rtol=1e-5, atol=1e-5)


def test_greedy_text_is_that_of_plain_argmax(model):
    tokens = [model.task.end, *model.encode("I want")]
    came = []
    for _ in range(12):
        logits = logits_after(model, tokens + came)
        logits[model.task.unknown] = -np.inf
        came.append(int(logits.argmax()))
    assert model.generate("I want", max_tokens=12, temperature=0) == model.pieces.text_of(came, "I want")


def test_sampled_text_is_that_of_the_sampler(model):
    sampler = Sampler(DecodeOptions(seed=8), [model.task.unknown])
    tokens = [model.task.end, *model.encode("tell me")]
    came = []
    for _ in range(15):
        came.append(sampler.choose(logits_after(model, tokens + came).copy()))
    assert model.generate("tell me", max_tokens=15, seed=8) == model.pieces.text_of(came, "tell me")


@settings(max_examples=25)
@given(
    st.sampled_from(["", "I want", "no more ", "caf\u00e9\n", "\u2603"]),
    st.integers(0, 40),
    st.integers(0, 1000),
    st.sampled_from([0.0, 0.7, 1.5]),
    st.sampled_from([1, 3]),
    st.sampled_from([(), (".",), ("\n", "rain")]),
)
def test_streams_equal_texts_and_keep_the_limits(prompt, most, seed, temperature, beams, stop):
    for name in LEVELS:
        model = _loaded(name)
        options = {"max_tokens": most, "seed": seed, "temperature": temperature, "beams": beams, "stop": stop}
        whole = model.generate(prompt, **options)
        assert "".join(model.generate(prompt, stream=True, **options)) == whole
        assert not any(text in whole for text in stop)
        assert "\ufffd" not in whole or name == "pieces"
        if name == "words":
            assert len(model.encode_all(whole)) <= most + 1  # the first may lose its blank


_MODELS: dict[str, LanguageModel] = {}


def _loaded(name: str) -> LanguageModel:
    return _MODELS.setdefault(name, load(FIXTURES / f"{name}.tflite"))


def test_a_limit_of_time_ends(words):
    assert words.generate("I want", max_tokens=1_000_000, max_seconds=0.05, top_k=0)
    assert words.generate("I want", max_tokens=50, max_seconds=0.0) == ""


def test_no_unknown_token_is_generated(words):
    text = words.generate("I want", max_tokens=400, temperature=5.0, top_k=0, top_p=1.0, seed=1)
    assert "\ufffd" not in text
    assert text


@pytest.mark.parametrize(
    "prompt", ["x" * 50_000, "rain, soup. " * 5000, "\u2603\u4f60 \u0416" * 99, "\ud800", "\r\n\r\n", "\0"]
)
def test_prompts_of_every_kind(model, prompt):
    assert isinstance(model.generate(prompt, max_tokens=3, seed=1), str)
    assert isinstance(model.next_tokens(prompt, 2), list)


def test_only_the_end_of_a_long_prompt_is_read(words):
    long = "so much train, ticket at 7 o'clock! " * 4000
    most = words.task.max_prompt
    tokens = words.encode_all(long)[-most:]
    assert words.encode(long) == tokens
    expected = logits_after(words, [words.task.end, *tokens])
    np.testing.assert_allclose(words.read(long).logits, expected, rtol=1e-4, atol=1e-4)


def test_next_words_are_the_most_probable_ones(words):
    logs = log_softmax(words.read("there was").logits)
    expected = sorted(
        (i for i, t in enumerate(words.pieces.texts) if t.startswith(" ") and t.strip()), key=lambda i: -logs[i]
    )
    found = words.next_tokens("there was ", 5)
    assert [one.text for one in found] == [words.pieces.texts[i].strip() for i in expected[:5]]
    np.testing.assert_allclose([one.score for one in found], np.exp(logs[expected[:5]]), rtol=1e-6)
    assert not any(one.completes for one in found)


def test_words_in_pieces_have_the_probability_of_their_tokens(pieces):
    """The tokens of a word and what may follow it, multiplied out."""
    found = {one.text: one.score for one in pieces.next_tokens("there was ", 8)}
    boundary = [i for i, t in enumerate(pieces.pieces.texts) if not t or not (t[0].isalnum() or t[0] in "'\u2019_")]
    for word in ("airport", "rain"):
        tokens, total = pieces.encode(f" {word}"), 0.0
        reading = pieces.read("there was")
        logits = reading.logits
        for token in tokens:
            total += log_softmax(logits)[token]
            logits = reading.step(token)
        total += np.logaddexp.reduce(log_softmax(logits)[boundary])
        assert found[word] == pytest.approx(np.exp(total), rel=0.02)


def test_the_word_being_typed_is_completed(model):
    found = model.next_tokens("I want pla", 3)
    assert found[0].text == "platform"
    assert found[0].completes


def test_a_whole_word_is_followed(words):
    found = words.next_tokens("there", 3)
    assert found[0].text == "was"
    assert not found[0].completes
    assert found[0].score > 0.8


def test_what_fits_nothing_gives_nothing(words):
    assert words.next_tokens("there was qqqqq", 3) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("how are", ("how", "are", True)),
        ("how are ", ("how are", "", True)),
        ("don't", ("", "don't", False)),
        ("end.", ("end.", "", False)),
        ("", ("", "", False)),
        ("two  blanks", ("two ", "blanks", True)),
    ],
)
def test_the_last_word_is_found(text, expected):
    now = typed(text)
    assert (now.before, now.partial, now.blank) == expected


@pytest.mark.parametrize("k", [0, -1, 2.5, "3"])
def test_k_must_be_a_number_of_words(words, k):
    with pytest.raises(InputError, match="k must be a whole number"):
        words.next_tokens("I", k)


def test_settings_are_checked(words):
    with pytest.raises(InputError, match="unknown setting heat: there are max_tokens"):
        words.generate("I", heat=2)
    with pytest.raises(InputError, match="temperature must lie"):
        words.generate("I", temperature=-2)
    with pytest.raises(InputError, match="expected a text, found int"):
        words.generate(3)


def test_adaptation_learns_forgets_and_stays_where_it_is_told(tmp_path):
    model = load(FIXTURES / "words.tflite")
    before = model.next_tokens("there was ", 3)
    for _ in range(5):
        model.learn("there was ticket. there was ticket")
    assert model.next_tokens("there was ", 1)[0].text == "ticket"
    model.adaptation.save(tmp_path / "me.json")
    model.adaptation = None
    assert model.next_tokens("there was ", 3) == before
    model.adaptation = model.new_adaptation(tmp_path / "me.json")
    assert model.next_tokens("there was ", 1)[0].text == "ticket"
    model.adaptation.clear()
    np.testing.assert_allclose([w.score for w in model.next_tokens("there was ", 3)], [w.score for w in before])
    assert len(model.adaptation) == 0


def test_anothers_memory_is_refused(words, pieces, tmp_path):
    path = tmp_path / "me.json"
    memory = pieces.new_adaptation()
    memory.learn([1, 5, 6])
    memory.save(path)
    with pytest.raises(InputError, match="another model's tokens"):
        words.new_adaptation(path)
    for content in ("no json", "[]", '{"format":1}', '{"format":9,"tokenizer":"x","counts":{}}'):
        path.write_text(content)
        with pytest.raises(InputError, match="no memory of a language model"):
            words.new_adaptation(path)
    document = {"format": 1, "tokenizer": words.manifest.assets["tokenizer.json"].sha256, "counts": {"": {"99999": 1}}}
    path.write_text(json.dumps(document))
    with pytest.raises(InputError, match="out of its range"):
        words.new_adaptation(path)


def test_a_classifier_is_no_language_model():
    from edgernn.edge_runtime.bundle import read_bundle

    with pytest.raises(BundleError, match="not a language model"):
        LanguageModel(read_bundle(FIXTURES / "tiny.int8.tflite"))
