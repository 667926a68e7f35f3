"""Figures by hand, and by seqeval."""

from __future__ import annotations

import json

import pytest
from conftest import FIXTURES
from fixtures.make import write_tagged
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import InputError, SequenceTagger, load
from edgernn.edge_runtime.tag import evaluate
from edgernn.edge_runtime.tag.corpus import open_tagged
from edgernn.edge_runtime.tag.counting import LabelScore, counted
from edgernn.edge_runtime.tag.evaluate import evaluate_tagger
from edgernn.edge_runtime.tag.schemes import spans_of
from edgernn.edge_runtime.tag.seqeval_counting import counted_by_seqeval, has_seqeval

# What the model finds in them: S-PER O B-ORG E-ORG, and B-PER E-PER O S-ORG.
SENTENCES = (["Omar", "left", "Acme", "Corp."], ["Li", "Wei", "praised", "Nordbank"])


@pytest.fixture(scope="module")
def model() -> SequenceTagger:
    return load(FIXTURES / "tagger.tflite")


@pytest.fixture(params=[True, False], ids=["seqeval", "own"])
def scorer(request, monkeypatch) -> str:
    if request.param and not has_seqeval():
        pytest.skip("seqeval is not installed")
    monkeypatch.setattr(evaluate, "has_seqeval", lambda: request.param)
    return "seqeval" if request.param else "edgernn"


def conll(path, *columns):
    """A file of the sentences, with these labels for each."""
    lines = []
    for tokens, *labels in zip(SENTENCES, *columns, strict=True):
        lines += [" ".join(row) for row in zip(tokens, *(text.split() for text in labels), strict=True)] + [""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    "labels",
    [
        ("I-PER O I-ORG I-ORG", "I-PER I-PER O I-LOC"),
        ("B-PER O B-ORG I-ORG", "B-PER I-PER O B-LOC"),
        ("U-PER O B-ORG L-ORG", "B-PER L-PER O U-LOC"),
    ],
    ids=["iob1", "iob2", "bilou"],
)
def test_spans_by_hand(model, scorer, tmp_path, labels):
    """Nordbank is found as a company, and called a place in the file."""
    found = evaluate_tagger(model, open_tagged(conll(tmp_path / "a.conll", labels), ["ner"]))
    assert (found.split, found.scope, found.scorer) == ("all", "every sentence of the file", scorer)
    assert (found.sentences, found.tokens, list(found.columns)) == (2, 8, ["ner"])
    scores = found.columns["ner"]
    assert (scores.kind, scores.accuracy, scores.unknown) == ("spans", 7 / 8, ())
    assert scores.micro == LabelScore(0.75, 0.75, 0.75, 4)
    assert scores.labels == {
        "LOC": LabelScore(0.0, 0.0, 0.0, 1),
        "ORG": LabelScore(0.5, 1.0, pytest.approx(2 / 3), 1),
        "PER": LabelScore(1.0, 1.0, 1.0, 2),
    }


def test_labels_of_tokens_by_hand(model, tmp_path):
    tags = [
        {"pos": ["NP", "VB", "NP", "NN"], "marks": ["O", "O", "O", "O"]},
        {"pos": ["NP", "NP", "VB", "NP"], "marks": ["O", "O", ["happy", "weather"], "sad"]},
    ]
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"tokens": t, "tags": tags_}) for t, tags_ in zip(SENTENCES, tags, strict=True)]
    path.write_text("\n".join(lines))
    found = evaluate_tagger(model, open_tagged(str(path)))
    pos, marks = found.columns["pos"], found.columns["marks"]
    assert (pos.kind, pos.accuracy, pos.micro.f1) == ("labels", 7 / 8, 7 / 8)
    assert pos.labels["NP"] == LabelScore(pytest.approx(5 / 6), 1.0, pytest.approx(10 / 11), 5)
    assert pos.labels["NN"] == LabelScore(0.0, 0.0, 0.0, 1)
    # Found: "happy" at "praised"; true: "weather" there and "sad" at "Nordbank" too.
    assert (marks.accuracy, marks.unknown) == (6 / 8, ("sad",))
    assert marks.micro == LabelScore(1.0, pytest.approx(1 / 3), 0.5, 3)
    assert marks.labels["happy"] == LabelScore(1.0, 1.0, 1.0, 1)


def test_a_single_column_goes_with_a_single_one(tmp_path):
    path = conll(tmp_path / "a.conll", ("B-PER O B-ORG I-ORG", "B-PER I-PER O B-LOC"))
    found = evaluate_tagger(load(FIXTURES / "forward.tflite"), open_tagged(path))
    assert list(found.columns) == ["ner"]
    assert found.columns["ner"].labels["PER"].support == 2


def test_the_training_data_is_known_by_its_hash(model, tmp_path):
    write_tagged(tmp_path / "tagged.jsonl")
    found = evaluate_tagger(model, open_tagged(str(tmp_path / "tagged.jsonl")))
    assert found.split == "test"
    assert found.scope == "the test split of tagged.jsonl (seed 1), unseen in training"
    assert found.sentences == model.manifest.data.split.counts["test"]
    # What the conversion measured, sentence by sentence.
    quality = model.manifest.quality.artifact
    assert found.columns["ner"].micro.f1 == pytest.approx(quality["ner_f1"])
    assert found.columns["pos"].accuracy == pytest.approx(quality["pos_accuracy"])
    assert found.columns["marks"].accuracy == pytest.approx(quality["marks_accuracy"])


def test_a_named_test_part_is_measured_alone(model, tmp_path):
    lines = [
        {"tokens": ["Omar", "left"], "tags": {"ner": ["B-PER", "O"]}, "split": split}
        for split in ("train", "test", "validation", "test")
    ]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    found = evaluate_tagger(model, open_tagged(str(path)))
    assert (found.split, found.sentences, found.scope) == ("test", 2, "the test part that the data names")


def test_other_columns_and_other_labels(model, tmp_path):
    path = conll(tmp_path / "a.conll", ("B-PER O B-ORG I-ORG", "B-PER I-PER O B-LOC"))
    with pytest.raises(InputError, match=r"its columns are label, the model's pos, ner, marks: name those of a CoNLL"):
        evaluate_tagger(model, open_tagged(path))
    path = conll(tmp_path / "b.conll", ("B-film O B-film I-film", "O O O B-star"))
    with pytest.raises(InputError, match=r"knows none of its labels \(film, star\): it knows LOC, ORG, PER"):
        evaluate_tagger(model, open_tagged(path, ["ner"]))
    path = conll(tmp_path / "c.conll", ("B-PER O B-film I-film", "B-PER I-PER O B-LOC"))
    found = evaluate_tagger(model, open_tagged(path, ["ner"])).columns["ner"]
    assert found.unknown == ("film",)
    assert found.labels["film"] == LabelScore(0.0, 0.0, 0.0, 1)


LABELS = st.sampled_from(["O", "O", "B-A", "I-A", "B-B", "I-B", "E-A", "S-B", "I-C-D"])
SENTENCE = st.integers(1, 9).flatmap(lambda n: st.tuples(*[st.lists(LABELS, min_size=n, max_size=n)] * 2))


@pytest.mark.skipif(not has_seqeval(), reason="seqeval is not installed")
@given(st.lists(SENTENCE, min_size=1, max_size=5))
def test_both_scorers_agree(pairs):
    items = [
        tuple({(span.label, (span.start, span.stop)) for span in spans_of(labels)} for labels in pair) for pair in pairs
    ]
    own, other = counted(items), counted_by_seqeval(pairs)
    assert own.labels.keys() == other.labels.keys()
    for one, two in [(own.micro, other.micro), *((own.labels[name], other.labels[name]) for name in own.labels)]:
        assert (one.precision, one.recall, one.f1, one.support) == pytest.approx(
            (two.precision, two.recall, two.f1, two.support)
        )
