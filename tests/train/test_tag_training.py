"""Taggers: lists and batches by hand, and trainings from end to end on made-up sentences."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from command import edgernn

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.decode import decode
from edgernn.edge_runtime.spec.tag import TagSpec
from edgernn.edge_runtime.tag.corpus import TaggedCorpus, open_tagged
from edgernn.edge_runtime.tag.features import UNKNOWN, Features
from edgernn.edge_runtime.tag.read_json import read_json_lines
from edgernn.train.tag.batches import Batches
from edgernn.train.tag.model import bare_model, build_model, training_network
from edgernn.train.tag.options import PRESETS, options_for
from edgernn.train.tag.prepare import prepare
from edgernn.train.tag.trainer import Trainer
from edgernn.train.tag.vectors import Vectors, read_vectors

TINY = PRESETS["tiny"]
NAMES = ("Anna", "Bob", "Carla", "Dieter", "Eva", "Fritz")
TOWNS = ("Rome", "Oslo", "New York", "Buenos Aires")
VERBS = ("visited", "left", "likes")
QUICK = ("--preset", "tiny", "--epochs", "5", "--learning-rate", "0.01", "--dropout", "0.1", "--vectors", "")


def sentence(random: np.random.Generator) -> list[tuple[str, str, str]]:
    """Words with part of speech and entity: who does what where."""
    town = str(random.choice(TOWNS)).split()
    inside = [(word, "NN", f"{'I' if place else 'B'}-LOC") for place, word in enumerate(town)]
    return [
        (str(random.choice(NAMES)), "NN", "B-PER"),
        (str(random.choice(VERBS)), "VB", "O"),
        *inside,
        ("." if random.random() < 0.5 else "!", ".", "O"),
    ]


def write_conll(path: Path, count: int = 200, seed: int = 1) -> Path:
    random = np.random.default_rng(seed)
    blocks = ["\n".join(" ".join(row) for row in sentence(random)) for _ in range(count)]
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return path


def opened(path: Path) -> TaggedCorpus:
    return open_tagged(str(path), ("pos", "ner"))


def write_several(path: Path, count: int = 200) -> Path:
    """A capital word is "name"; one with an "a" is "with-a"; one may be both, or neither."""
    random = np.random.default_rng(2)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(count):
            tokens = [word for word, _, _ in sentence(random)]
            tags = [["name"] * t[0].isupper() + ["with-a"] * ("a" in t.lower()) for t in tokens]
            file.write(json.dumps({"tokens": tokens, "tags": {"kind": tags}}) + "\n")
    return path


def train(tmp_path: Path, data: Path, *words: str) -> tuple[Path, dict]:
    out = tmp_path / "model"
    status, printed, err = edgernn("train", "tag", "--data", str(data), "--out", str(out), *QUICK, *words, "--json")
    assert status == 0, err
    return out, json.loads(printed)


def labels_by(folder: Path, tokens: list[str]) -> dict[str, list[str]]:
    """The saved model's labels, by no code of training: all sequences are tried, or scores above 0 taken."""
    spec = decode(TagSpec, json.loads((folder / "config.json").read_text())["task"], "", [])
    assert spec is not None
    words = (folder / spec.words.list).read_text().splitlines()
    characters = (folder / spec.characters.list).read_text() if spec.characters else ""
    model = keras.saving.load_model(folder / "model.keras")
    scores = model(Features(spec, words, characters)(tokens))
    found = {}
    for column in spec.columns:
        labels = (folder / column.labels).read_text().splitlines()
        table = np.asarray(scores[column.output])[0]
        if column.kind == "several":
            found[column.name] = ["|".join(sorted(labels[i] for i in np.flatnonzero(row > 0))) for row in table]
        elif column.kind == "crf":
            crf = json.loads((folder / column.crf).read_text())
            found[column.name] = [labels[i] for i in best_of_all(table, crf)]
        else:
            found[column.name] = [labels[i] for i in table.argmax(axis=1)]
    return found


def best_of_all(scores: np.ndarray, crf: dict) -> tuple[int, ...]:
    def total(path: tuple[int, ...]) -> float:
        between = sum(crf["transitions"][a][b] for a, b in itertools.pairwise(path))
        own = sum(row[label] for row, label in zip(scores, path, strict=True))
        return crf["start"][path[0]] + between + own + crf["end"][path[-1]]

    return max(itertools.product(range(scores.shape[1]), repeat=len(scores)), key=total)


def test_two_columns_from_end_to_end(tmp_path):
    data = write_conll(tmp_path / "made-up.conll")
    folder, metrics = train(tmp_path, data, "--columns", "pos", "ner")
    assert metrics["test"] == {"pos": pytest.approx(1.0, abs=0.02), "ner": pytest.approx(1.0, abs=0.02)}
    assert metrics["measures"] == {"pos": "accuracy", "ner": "span_f1"}
    assert metrics["epochs"] == len(metrics["history"]["ner"]) == 5
    assert metrics["history"]["loss"][-1] < metrics["history"]["loss"][0] / 3
    # Names that training has never seen: by their place, shape and characters.
    found = labels_by(folder, ["Gerd", "visited", "New", "York", "."])
    assert found["pos"] == ["NN", "VB", "NN", "NN", "."]
    assert found["ner"] == ["S-PER", "O", "B-LOC", "E-LOC", "O"]


def test_what_the_folder_holds(tmp_path):
    data = write_conll(tmp_path / "made-up.conll")
    folder, metrics = train(tmp_path, data, "--columns", "pos", "ner", "--epochs", "1")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        *("model.keras", "config.json", "metrics.json", "words.txt", "characters.txt", "pos.labels.txt"),
        *("ner.labels.txt", "ner.crf.json", "data/test.jsonl", "data/calibration.jsonl"),
    }
    assert json.loads((folder / "metrics.json").read_text()) == metrics
    config = json.loads((folder / "config.json").read_text())
    assert config["data"]["split"]["method"] == "sentences-sha256"
    counts = config["data"]["split"]["counts"]
    assert sum(counts.values()) == 200
    crf = json.loads((folder / "ner.crf.json").read_text())
    labels = (folder / "ner.labels.txt").read_text().splitlines()
    assert sorted(labels) == ["B-LOC", "E-LOC", "O", "S-LOC", "S-PER"]
    assert np.shape(crf["transitions"]) == (5, 5)
    assert crf["transitions"][labels.index("B-LOC")][labels.index("O")] < -1000
    assert crf["start"][labels.index("E-LOC")] < -1000
    assert crf["end"][labels.index("B-LOC")] < -1000
    assert abs(crf["transitions"][labels.index("B-LOC")][labels.index("E-LOC")]) < 10
    # The recorded sentences are those of the file.
    whole = {s.tokens for s in open_tagged(str(data)).sentences}
    test = read_json_lines(folder, (folder / "data" / "test.jsonl").read_text())
    assert len(test) == counts["test"]
    assert {s.tokens for s in test} <= whole
    assert {len(s.tags["ner"]) for s in test} == {4, 5}


def test_the_presets_vectors_are_left_out_where_they_are_not_fetched(tmp_path, cache):
    data = write_conll(tmp_path / "made-up.conll", 40)
    words = ("--preset", "quick", "--units", "8", "--epochs", "1", "--word-dim", "6", "--columns", "pos", "ner")
    status, _, err = edgernn("train", "tag", "--data", str(data), "--out", str(tmp_path / "m"), *words)
    assert status == 0, err
    assert err.startswith("without the preset's word vectors, which are not fetched: edgernn data fetch glove-50d\n")
    options = json.loads((tmp_path / "m" / "config.json").read_text())["options"]
    assert (options["vectors"], options["word_dim"]) == ("", 6)


def test_columns_of_any_name(tmp_path):
    names = ["ner", "NER", "../../evil", "Essen & Trinken", "column_4", "\u5730\u540d"]
    data = tmp_path / "a.jsonl"
    lines = [{"tokens": ["a", f"b{n}"], "tags": {name: ["X", "Y"] for name in names}} for n in range(60)]
    data.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    prepared = prepare(open_tagged(str(data)), TINY, (), None)
    columns = prepared.spec.columns
    assert [column.name for column in columns] == names
    files = [column.labels for column in columns]
    assert files[2:] == [f"{file}.labels.txt" for file in ("column_3", "column_4_", "column_4", "column_6")]
    assert len({file.casefold() for file in files}) == len(names)
    assert len({column.output for column in columns}) == len(names)
    found = build_model(TINY, prepared, None)(prepared.features(["a", "b0"]))
    assert set(found) == {column.output for column in columns}


def test_the_validation_part_may_train_too(tmp_path):
    data = write_conll(tmp_path / "made-up.conll")
    with data.open("a") as file:
        # A word of each sentence its own: which of them are known tells which sentences were learnt.
        file.writelines(f"\nzz{one}{other} NN B-PER\n. . O\n" for one in "abcdefgh" for other in "abcdefgh")
    options = replace(TINY, use_validation=True)
    prepared = prepare(opened(data), options, (), None)
    known = set(prepared.words)
    for split, expected in (("train", True), ("validation", True), ("test", False)):
        own = {s.tokens[0] for s in prepared.splits[split] if s.tokens[0].startswith("zz")}
        assert own
        assert all((word in known) == expected for word in own)
    _, metrics = train(tmp_path, data, "--columns", "pos", "ner", "--use-validation", "--epochs", "3")
    assert "validation" not in metrics
    assert set(metrics["history"]) == {"loss"}
    assert metrics["best_epoch"] == 3


def test_several_labels_at_once(tmp_path):
    folder, metrics = train(tmp_path, write_several(tmp_path / "kinds.jsonl"), "--several", "kind", "--epochs", "12")
    assert metrics["test"]["kind"] > 0.97
    assert labels_by(folder, ["Carla", "left", "Oslo", "."])["kind"] == ["name|with-a", "", "name", ""]
    test = [json.loads(line) for line in (folder / "data" / "test.jsonl").read_text().splitlines()]
    assert {"name", "with-a"} == {label for line in test for tags in line["tags"]["kind"] for label in tags}


def test_forward_only_models_do_not_look_ahead(tmp_path):
    corpus = opened(write_conll(tmp_path / "a.conll"))
    prepared = prepare(corpus, TINY, (), None)
    one, other = (prepared.features(["Anna", "left", end]) for end in ("Rome", "!"))
    for direction, same in (("forward", True), ("both", False)):
        model = build_model(replace(TINY, direction=direction), prepared, None)
        first, second = (np.asarray(model(inputs)["ner_scores"]) for inputs in (one, other))
        assert np.allclose(first[:, :2], second[:, :2], atol=1e-6) == same


def test_columns_count_alike_however_great_their_losses(tmp_path):
    prepared = prepare(opened(write_conll(tmp_path / "a.conll")), TINY, (), None)
    trainer = Trainer(build_model(TINY, prepared, None), prepared.spec, prepared.labels)
    (batch,) = Batches(prepared, prepared.splits["train"], 16, 128)[0]
    found = trainer(batch)
    one, other = (float(trainer._loss(column, batch, found)) for column in prepared.spec.columns)
    trainer._levels.assign([2.0, 6.0])
    # Each in parts of its level, times the mean of both levels.
    expected = 4 * (one / 2 + other / 6)
    assert float(trainer.compute_loss(batch, y_pred=found, training=False)) == pytest.approx(expected, rel=1e-5)
    np.testing.assert_array_equal(np.asarray(trainer._levels), [2, 6])
    trainer.compute_loss(batch, y_pred=found)
    levels = [0.99 * 2 + 0.01 * one, 0.99 * 6 + 0.01 * other]
    np.testing.assert_allclose(np.asarray(trainer._levels), levels, rtol=1e-5)


def test_padding_changes_nothing(tmp_path):
    prepared = prepare(opened(write_conll(tmp_path / "a.conll")), replace(TINY, layers=2), (), None)
    model = build_model(replace(TINY, layers=2), prepared, None)
    random = np.random.default_rng(3)
    model.set_weights([random.normal(0, 0.5, weight.shape) for weight in model.get_weights()])
    inputs = prepared.features(["Anna", "left", "Rome", "."])
    padded = {name: np.pad(x, [(0, 0), (0, 5)] + [(0, 0)] * (x.ndim - 2)) for name, x in inputs.items()}
    alone, beside = (model(values) for values in (inputs, padded))
    for column in ("pos_scores", "ner_scores"):
        np.testing.assert_allclose(np.asarray(beside[column])[:, :4], np.asarray(alone[column]), atol=1e-5)


def test_given_parts_are_kept_and_validation_is_held_out(tmp_path):
    folder = tmp_path / "parts"
    folder.mkdir()
    write_conll(folder / "train.txt", 100, 1)
    write_conll(folder / "test.txt", 17, 3)
    prepared = prepare(open_tagged(str(folder)), TINY, (), None)
    counts = {name: len(sentences) for name, sentences in prepared.splits.items()}
    assert counts["test"] == 17
    assert counts["train"] + counts["validation"] == 100
    assert 1 <= counts["validation"] <= 30
    assert prepared.data.split.method == "given"
    assert not {s.tokens for s in prepared.splits["train"]} & {s.tokens for s in prepared.splits["validation"]}


def test_batches_hold_every_sentence_once(tmp_path):
    prepared = prepare(opened(write_conll(tmp_path / "a.conll")), TINY, (), None)
    sentences = prepared.splits["train"]
    batches = Batches(prepared, sentences, 7, 128, seed=3)
    batches.begin_epoch()
    seen: list[int] = []
    labels = prepared.labels["ner"]
    for number in range(len(batches)):
        (batch,) = batches[number]
        for row, place in enumerate(batches.members(number)):
            length = int(batch["mask"][row].sum())
            assert batch["mask"][row, :length].all()
            assert length == len(sentences[place].tokens)
            assert tuple(labels[i] for i in batch["ner_scores"][row, :length]) == sentences[place].tags["ner"]
            inputs = prepared.features(sentences[place].tokens)
            for name in ("words", "characters", "shapes"):
                np.testing.assert_array_equal(batch[name][row, :length], inputs[name][0])
                assert not batch[name][row, length:].any()
        seen += batches.members(number).tolist()
    assert sorted(seen) == list(range(len(sentences)))


def test_only_words_that_occur_once_become_unknown(tmp_path):
    path = write_conll(tmp_path / "a.conll")
    rare = "\n\n".join(f"{one}x{other} NN O\n. . O" for one in "abcdefg" for other in "hijklmn")
    path.write_text(f"{path.read_text()}\n{rare}\n")
    prepared = prepare(opened(path), TINY, (), None)
    sentences = prepared.splits["train"]
    once = set(prepared.singletons.tolist())
    assert len(once) > 20
    plain, dropped = (Batches(prepared, sentences, 400, 128, unknown, seed=3)[0][0] for unknown in (0.0, 0.5))
    changed = plain["words"] != dropped["words"]
    assert set(plain["words"][changed].tolist()) <= once
    assert (dropped["words"][changed] == UNKNOWN).all()
    assert 0.2 < changed.sum() / np.isin(plain["words"], prepared.singletons).sum() < 0.8


def test_given_vectors_are_where_their_words_are(tmp_path):
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("3 2\nanna 0.5 1.5\nzurich -1 2\nunused 0.1 0.2\n", encoding="utf-8")
    read = read_vectors(str(vectors))
    options = replace(TINY, vector_words=2)
    prepared = prepare(opened(write_conll(tmp_path / "a.conll")), options, (), read)
    assert "zurich" in prepared.words
    assert "unused" not in prepared.words
    rows = read.rows(prepared.words, np.random.default_rng(1))
    table = np.concatenate([np.zeros((2, 2), np.float32), rows])
    model = build_model(options, prepared, table)
    found = model.get_layer("word_vectors").get_weights()[0]
    for word, vector in {"Anna": [0.5, 1.5], "ZURICH": [-1, 2]}.items():
        np.testing.assert_array_equal(found[prepared.features.word(word)], np.float32(vector))
    assert np.abs(found[prepared.features.word("rome")]).max() <= np.sqrt(1.5)


def test_the_saved_model_computes_what_was_trained(tmp_path):
    vectors = Vectors(tuple(f"word{letter}" for letter in "abcdefg"), np.zeros((7, 5), np.float32))
    prepared = prepare(opened(write_conll(tmp_path / "a.conll")), TINY, (), vectors)
    assert len(prepared.words) == prepared.seen + 7
    random = np.random.default_rng(1)
    table = random.normal(0, 1, (len(prepared.words) + 2, 5)).astype(np.float32)
    network = training_network(TINY, prepared, table)
    trained = [random.normal(0, 0.5, weight.shape).astype(np.float32) for weight in network.trainable_weights]
    for weight, value in zip(network.trainable_weights, trained, strict=True):
        weight.assign(value)
    model = bare_model(TINY, prepared, network)
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    rows = model.get_layer("word_vectors").get_weights()[0]
    # What training does not show stays as it was given.
    np.testing.assert_array_equal(rows[prepared.seen + 2 :], table[prepared.seen + 2 :])
    np.testing.assert_array_equal(rows[: prepared.seen + 2], network.get_layer("word_vectors").get_weights()[0])
    assert np.abs(rows[: prepared.seen + 2] - table[: prepared.seen + 2]).min() > 0
    inputs = prepared.features(["Anna", "worda", "wordg", "Rome", "unheard", "left"])
    for column in ("pos_scores", "ner_scores"):
        expected = np.asarray(network(inputs)[column])
        np.testing.assert_allclose(np.asarray(model(inputs)[column]), expected, atol=1e-5)


def test_words_that_are_looked_up_alike_share_the_mean_of_their_vectors():
    table = np.array([[1, 2], [3, 6], [9, 9], [5, 1]], np.float32)
    folded = Vectors(("1996", "2003", "in", "1848"), table).folded(lambda word: "0000" if word.isdigit() else word)
    assert folded.words == ("0000", "in")
    np.testing.assert_allclose(folded.table, [[3, 3], [9, 9]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("anna 1 2\nbob 1\n", "line 2: 1 numbers"),
        ("anna 1 2\nbob 1 nan\n", "line 2: 2 numbers"),
        ("anna 1 x\n", "not a file of word vectors"),
        ("", "holds no word vectors"),
    ],
)
def test_vectors_that_cannot_be_read(tmp_path, content, message):
    (tmp_path / "v.txt").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_vectors(str(tmp_path / "v.txt"))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"dropout": 0.95}, "--dropout must lie between 0 and 0.9, not 0.95"),
        ({"cell": "rnn"}, "--cell must be one of lstm, gru, not rnn"),
        ({"crf": "some"}, "--crf must be one of spans, all, none"),
        ({"max_words": 40, "overlap": 20}, "--overlap 20 must be less than half of --max-words 40"),
    ],
)
def test_options_out_of_range(chosen, message):
    with pytest.raises(InputError, match=message):
        options_for("tiny", chosen)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--data", "nowhere.conll"), "nowhere.conll: no such file"),
        (("--data", "no-such-set"), "try edgernn data fetch no-such-set"),
        (("--data", "few.conll"), "sentences in its"),
        (("--data", "ragged.conll"), "ragged.conll line 2: 2 columns, expected 3"),
        (("--data", "same.conll"), "column label: 1 labels in the training part"),
        (("--data", "broken.jsonl"), "column pos: the label 'X\\nY' holds a line break"),
        (("--data", "good.conll", "--several", "mood"), "--several mood: no such column: there are pos, chunk"),
        (("--data", "good.conll", "--vectors", "glove-50d"), "try edgernn data fetch glove-50d"),
        (("--data", "good.conll", "--preset", "huge"), "--preset huge: choose one of quick"),
        (("--data", "good.conll", "--units", "0"), "--units must lie between 1 and 8192"),
        (("--data", "good.conll", "--out", "few.conll"), "is a file: name a folder"),
        (("--data", "lines.jsonl", "--columns", "mood"), "no column mood: there are pos"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, cache, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    write_conll(tmp_path / "good.conll", 60)
    write_conll(tmp_path / "few.conll", 3)
    (tmp_path / "ragged.conll").write_text("a B C\nd E\n")
    (tmp_path / "same.conll").write_text("\n\n".join(f"a{n} X" for n in range(100)))
    (tmp_path / "lines.jsonl").write_text('{"tokens": ["a"], "tags": {"pos": ["X"]}}\n' * 30)
    broken = [{"tokens": ["a", f"b{n}"], "tags": {"pos": ["X\nY", "Z"]}} for n in range(60)]
    (tmp_path / "broken.jsonl").write_text("\n".join(map(json.dumps, broken)))
    before = sorted(path.name for path in tmp_path.iterdir())
    status, out, err = edgernn("train", "tag", "--out", "model", *QUICK, *words)
    assert (status, out) == (2, ""), err
    assert message in err
    assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before
