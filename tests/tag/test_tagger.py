"""Taggers as they ship: texts, words, sentences of every length, sessions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from conftest import FIXTURES
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import BundleError, InputError, SequenceTagger, Tagging, load
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.tag.crf import softmax
from edgernn.edge_runtime.tag.windows import windows_of

TEXT = "Li Wei praised the sunny city of S\u00e3o Paulo in 1999. Omar  left Acme Corp.!"


@pytest.fixture(scope="module")
def model() -> SequenceTagger:
    return load(FIXTURES / "tagger.tflite")


@pytest.fixture(scope="module")
def forward() -> SequenceTagger:
    return load(FIXTURES / "forward.tflite")


def everything(model: SequenceTagger, tokens: list[str]) -> dict[str, np.ndarray]:
    """Scores by column, from one call of the network."""
    outputs = model.run(model.inputs(tokens))
    return {column.output: outputs[column.output][0] for column in model.task.columns}


def test_a_text_by_hand(model):
    found = model.tag(TEXT)
    assert isinstance(found, list)
    assert " ".join(token.text for token in found) == (
        "Li Wei praised the sunny city of S\u00e3o Paulo in 1999 . Omar left Acme Corp. !"
    )
    names = [(entity.text, entity.label) for entity in found.entities]
    assert names == [("Li Wei", "PER"), ("S\u00e3o Paulo", "LOC"), ("Omar", "PER"), ("Acme Corp.", "ORG")]
    first, praised, sunny = found[0], found[2], found[4]
    assert (first.label, first.labels["ner"], first.labels["pos"]) == ("B-PER", "B-PER", "NP")
    assert (praised.labels["marks"], sunny.labels["marks"]) == (("happy",), ("happy", "weather"))
    assert first.labels["marks"] == first.scores["marks"] == ()
    assert len(sunny.scores["marks"]) == 2
    assert all(0.5 < token.score <= 1 for token in found)
    assert found.spans.keys() == {"ner"}
    assert found.spans["ner"] == found.entities


def test_the_tagging_as_plain_values(model):
    document = model.tag("Omar left").to_dict()
    assert document["text"] == "Omar left"
    assert document["tokens"][0]["labels"] == {"pos": "NP", "ner": "S-PER", "marks": []}
    assert document["entities"] == document["spans"]["ner"]
    assert {n: document["entities"][0][n] for n in ("text", "label", "start", "end")} == {
        **{"text": "Omar", "label": "PER"},
        **{"start": 0, "end": 4},
    }


@given(
    st.text(max_size=80) | st.lists(st.sampled_from([*TEXT.split(), "\U0001f44d\U0001f3fd", "e\u0301"])).map(" ".join)
)
def test_offsets_slice_the_text(text):
    model = _loaded("tagger")
    found = model.tag(text)
    assert isinstance(found, Tagging)
    for one in (*found, *found.entities):
        assert text[one.start : one.end] == one.text
    for one, other in itertools.pairwise(found):
        assert one.end <= other.start
    assert all(0 <= token.score <= 1 and set(token.labels) == {"pos", "ner", "marks"} for token in found)


_MODELS: dict[str, SequenceTagger] = {}


def _loaded(name: str) -> SequenceTagger:
    return _MODELS.setdefault(name, load(FIXTURES / f"{name}.tflite"))


@pytest.mark.parametrize("text", ["", " \n\t", "\0", []])
def test_nothing_gives_nothing(model, text):
    found = model.tag(text)
    assert found == []
    assert found.entities == []
    assert found.spans == {"ner": []}


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 met Zoe\u0301 Faure \U0001f1e9\U0001f1ea",
        "\ud800 lone",
        "\u202eOmar",
        "a" * 5000,
        "\u6771\u4eac",
        "\r\n\r\nOmar\r\n",
        "\ufeffOmar",
    ],
)
def test_texts_of_every_kind(model, forward, text):
    for one in (model, forward):
        for token in one.tag(text):
            assert text[token.start : token.end] == token.text


def test_words_are_taken_as_they_are(model):
    tokens = ["Omar", "left", "Acme", "Corp.", "in", "1 1/2", "years"]
    found = model.tag(tokens)
    assert [token.text for token in found] == tokens
    assert found.text == "Omar left Acme Corp. in 1 1/2 years"
    assert all(found.text[token.start : token.end] == token.text for token in found)
    assert (found.entities[1].text, found.entities[1].start) == ("Acme Corp.", 10)
    assert model.tag(tuple(tokens)) == found


def test_many_texts(model):
    found = model.tag_many(["Omar left", ["Omar", "left"], ""])
    assert found == [model.tag("Omar left"), model.tag("Omar left"), []]


@pytest.mark.parametrize("length", [1, 2, 12, 13, 40, 400])
@pytest.mark.parametrize("name", ["tagger", "forward"])
def test_sentences_of_any_length(name, length):
    model = _loaded(name)
    tokens = (TEXT.replace(".", " .").split() * 40)[:length]
    found = model.tag(tokens)
    assert len(found) == length
    expected = everything(model, tokens) if name == "forward" else windowed(model, tokens)
    for column in model.columns.values():
        scores = expected[column.spec.output]
        np.testing.assert_allclose(model.scores(tokens)[column.spec.name], scores, rtol=1e-4, atol=1e-4)
        if column.spec.kind != "several":
            # One sequence of labels over all windows, not one a window.
            labels = [column.labels[i] for i in column.crf.best(scores)]
            assert [token.labels[column.spec.name] for token in found] == labels


def windowed(model: SequenceTagger, tokens: list[str]) -> dict[str, np.ndarray]:
    """Each word's scores from the window in whose middle it lies; windows of 12 that share 3 or more."""
    starts = [0]
    while starts[-1] + 12 < len(tokens):
        starts.append(min(starts[-1] + 9, len(tokens) - 12))
    parts = [everything(model, tokens[start : start + 12]) for start in starts]
    chosen = [_deepest(place, starts, len(tokens)) for place in range(len(tokens))]
    return {
        name: np.stack([parts[window][name][place - starts[window]] for place, window in enumerate(chosen)])
        for name in parts[0]
    }


def _deepest(place: int, starts: list[int], count: int) -> int:
    """Of the windows that hold a word the one with the most words to its nearer edge; the text's ends are no edges."""

    def depth(window: int) -> float:
        start = starts[window]
        left = place - start + 0.5 if start else np.inf
        right = start + 12 - place - 0.5 if start + 12 < count else np.inf
        return min(left, right) if start <= place < start + 12 else -1

    # Of two that are as deep, the later one.
    return max(range(len(starts)), key=lambda window: (depth(window), window))


@given(st.integers(1, 300), st.integers(2, 40), st.data())
def test_windows_cover_each_word_once(count, size, data):
    overlap = data.draw(st.integers(0, size // 2))
    windows = windows_of(count, size, overlap)
    kept = [place for window in windows for place in range(window.first, window.last)]
    assert kept == list(range(count))
    for window in windows:
        assert 0 <= window.start <= window.first < window.last <= window.stop <= count
        assert window.stop - window.start <= size
    for one, other in itertools.pairwise(windows):
        assert one.stop - other.start >= overlap


def test_an_entitys_score_is_the_probability_of_its_labels(model):
    """By all sequences of labels that agree with it, one by one: three words, ten labels."""
    tokens = ["Acme", "Corp.", "left"]  # companies do not begin sentences: the model is in doubt
    column = model.columns["ner"]
    crf, scores = column.crf, everything(model, tokens)["ner_scores"].astype(np.float64)
    total = {}
    for path in itertools.product(range(len(column.labels)), repeat=3):
        pairs = crf.transitions[path[0], path[1]] + crf.transitions[path[1], path[2]]
        total[path] = crf.start[path[0]] + scores[[0, 1, 2], path].sum() + pairs + crf.end[path[2]]
    shares = dict(zip(total, softmax(np.array([*total.values()])), strict=True))
    found = model.tag(tokens)
    path = [column.labels.index(token.labels["ner"]) for token in found]
    (entity,) = found.entities
    assert (entity.text, entity.label) == ("Acme Corp.", column.labels[path[0]].partition("-")[2])
    assert entity.score == pytest.approx(sum(s for p, s in shares.items() if p[:2] == (*path[:2],)), rel=1e-6)
    assert entity.score < 0.999
    for place, token in enumerate(found):
        expected = sum(share for p, share in shares.items() if p[place] == path[place])
        assert token.scores["ner"] == token.score == pytest.approx(expected, rel=1e-6)


def test_a_session_equals_the_beginning_of_the_sentence(forward):
    tokens = ["Li", "Wei", "praised", "São", "Paulo", "and", "Omar", "left", "Nordbank", "in", "1999", "."]
    column = forward.columns["ner"]
    session = forward.session()
    place = 0
    for count, word in enumerate(tokens, 1):
        token = session.step(word)
        # What is known now: the sums over all sequences of labels of the words so far, whatever may follow.
        lattice = column.crf.lattice(everything(forward, tokens[:count])["ner_scores"])
        shares = softmax(lattice.forward[-1])
        assert token.label == column.labels[int(shares.argmax())]
        assert token.score == pytest.approx(float(shares.max()), rel=1e-4)
        assert (token.text, token.start, token.end) == (word, place, place + len(word))
        place += len(word) + 1


def test_sessions_are_kept_and_divided(forward):
    tokens = ["Li", "Wei", "praised", "Lake", "Nyos"]
    session = forward.session()
    whole = [session.step(word) for word in tokens]
    session.reset()
    assert [session.step(word) for word in tokens[:2]] == whole[:2]
    kept, other = session.snapshot(), session.fork()
    assert session.step("left").text == "left"
    assert [other.step(word) for word in tokens[2:]] == whole[2:]
    session.restore(kept)
    assert [session.step(word) for word in tokens[2:]] == whole[2:]


def test_what_is_no_snapshot(forward):
    session = forward.session()
    session.step("Omar")
    good = session.snapshot()
    faults = [{}, {**good, "place": np.array("x")}, {**good, "sums_ner": np.zeros(3)}, {**good, "sums_x": np.zeros(10)}]
    for bad in faults:
        with pytest.raises(InputError, match="not a snapshot of a tagging session"):
            session.restore(bad)
    with pytest.raises(InputError, match="of another model"):
        session.restore({**good, "model_sha256": np.array("0" * 64)})
    fresh = forward.session()
    fresh.step("Omar")
    assert session.step("left") == fresh.step("left")


def test_both_directions_have_no_session(model):
    with pytest.raises(InputError, match="reads sentences in both directions, and has no sessions: train with"):
        model.session()


@pytest.mark.parametrize("bad", [b"Omar", 3, None, {"Omar": 1}, {"Omar"}])
def test_what_is_no_text(model, bad):
    with pytest.raises(InputError, match="expected a text or a list of words, found"):
        model.tag(bad)


@pytest.mark.parametrize(
    ("bad", "shown"), [(["Omar", ""], "word 2 is ''"), ([" "], "word 1 is ' '"), ([3], "word 1 is 3")]
)
def test_what_is_no_word(model, forward, bad, shown):
    with pytest.raises(InputError, match=f"{shown}: expected a text that is not empty"):
        model.tag(bad)
    with pytest.raises(InputError, match="expected a text that is not empty"):
        forward.session().step(bad[-1])


def test_one_text_is_not_many(model):
    with pytest.raises(InputError, match="one text is for tag"):
        model.tag_many("Omar left")


def test_a_classifier_is_no_tagger():
    with pytest.raises(BundleError, match="not a tagger"):
        SequenceTagger(read_bundle(FIXTURES / "tiny.int8.tflite"))
