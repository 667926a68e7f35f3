from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from fixtures.make import write_sentences

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import DataSource, locate
from edgernn.edge_runtime.text import load_tokenizer
from edgernn.train.classify.options import ClassifyOptions, options_for
from edgernn.train.classify.prepare import build_tokenizer, divide, encode_splits, read_table
from edgernn.train.classify.train import train

TINY = options_for("tiny", {"epochs": 2, "units": 6})


class Silent:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.epochs: list[int] = []
        self.batches: list[tuple[int, int]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def batch(self, done: int, total: int) -> None:
        self.batches.append((done, total))

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        assert set(figures) == {"accuracy", "loss", "val_accuracy", "val_loss"}
        self.epochs.append(number)


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> DataSource:
    path = tmp_path_factory.mktemp("data") / "sentences.csv"
    write_sentences(path, 150)
    return locate(str(path))


@pytest.fixture(scope="module")
def trained(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "model"
    listener = Silent()
    return train(source, out, TINY, listener), listener


def test_the_folder_holds_what_the_contract_names(trained, source):
    result, listener = trained
    names = sorted(p.relative_to(result.folder).as_posix() for p in result.folder.rglob("*") if p.is_file())
    assert names == [
        "config.json",
        "data/test.jsonl",
        "data/train.jsonl",
        "data/validation.jsonl",
        "labels.txt",
        "metrics.json",
        "model.keras",
        "tokenizer.json",
    ]
    assert (result.folder / "labels.txt").read_bytes() == b"food\ntravel\nweather\n"
    config = json.loads((result.folder / "config.json").read_text())
    assert config["seed"] == 1
    assert config["data"]["split"]["counts"] == {"train": 105, "validation": 15, "test": 30}
    assert config["data"]["sha256"] == hashlib.sha256(source.path.read_bytes()).hexdigest()
    assert config["task"]["text"] == {"tokenizer": "tokenizer.json", "input": "tokens", "max_chars": 4000}
    assert json.loads((result.folder / "metrics.json").read_text()) == result.metrics
    assert listener.epochs == [1, 2]
    assert listener.batches[-1][0] == listener.batches[-1][1]
    assert "text in 'text', label in 'label'" in listener.lines[0]


def test_the_metrics_are_those_of_the_model_that_was_saved(trained):
    import keras

    result, _ = trained
    model = keras.models.load_model(result.folder / "model.keras", compile=False, safe_mode=True)
    encoder = load_tokenizer((result.folder / "tokenizer.json").read_bytes())
    labels = (result.folder / "labels.txt").read_text().split()
    rows = [json.loads(line) for line in (result.folder / "data" / "test.jsonl").read_text().splitlines()]
    right = 0
    for row in rows:
        probabilities = np.asarray(model(np.array([encoder.encode(row["text"])], np.int32)))
        right += labels[int(probabilities.argmax())] == row["label"]
    assert result.metrics["test"]["accuracy"] == pytest.approx(right / len(rows))
    confusion = np.array(result.metrics["test"]["confusion"])
    assert confusion.sum() == len(rows)
    assert np.trace(confusion) == right


def test_the_splits_share_no_text(trained):
    result, _ = trained
    texts = [
        {json.loads(line)["text"] for line in (result.folder / "data" / f"{name}.jsonl").read_text().splitlines()}
        for name in ("train", "validation", "test")
    ]
    assert not texts[0] & texts[1] | texts[0] & texts[2] | texts[1] & texts[2]


@pytest.mark.parametrize(
    "chosen",
    [
        {"cell": "gru", "layers": 2},
        {"cell": "simple_rnn", "bidirectional": True},
        {"bidirectional": True, "pooling": "mean"},
    ],
    ids=str,
)
def test_padding_changes_no_answer(chosen):
    from edgernn.train.classify.batches import predict
    from edgernn.train.classify.model import build_model

    model = build_model(options_for("tiny", chosen), 300, 3)
    sequences = [[1, 5, 9], [1] + [7] * 40, [1], [1, 8, 2, 250] * 5]
    together = predict(model, sequences)
    for row, sequence in zip(together, sequences, strict=True):
        np.testing.assert_allclose(predict(model, [sequence])[0], row, atol=1e-6)
    assert np.abs(together[0] - together[1]).max() > 1e-4


def test_the_model_is_what_the_options_say():
    from edgernn.train.classify.model import build_model

    model = build_model(options_for("tiny", {"cell": "gru", "layers": 3, "bidirectional": True}), 300, 4)
    wrapped = [layer for layer in model.layers if type(layer).__name__ == "Bidirectional"]
    assert [type(layer.forward_layer).__name__ for layer in wrapped] == ["GRU"] * 3
    assert [layer.return_sequences for layer in wrapped] == [True, True, False]
    assert model.output_shape == (None, 4)
    assert ([t.name for t in model.inputs], model.output_names) == (["tokens"], ["probabilities"])


def test_batches_hold_every_example_once_and_hide_only_words():
    from edgernn.train.classify.batches import Batches

    sequences = [[1] + [3 + i] * (i % 30) for i in range(100)]
    targets = np.arange(100, dtype=np.int32)
    batches = Batches(sequences, targets, np.ones(100, np.float32), 16, 0.5, seed=1)
    for _ in range(2):
        seen: list[int] = []
        for index in range(len(batches)):
            ids, rows, _ = batches[index]
            seen += rows.tolist()
            for row, example in zip(ids, rows, strict=True):
                length = len(sequences[example])
                assert row[0] == 1
                assert set(row[length:].tolist()) <= {0}
                assert set(row[1:length].tolist()) <= {2, 3 + example}
        assert sorted(seen) == list(range(100))
        assert batches[0][0].shape[1] != batches[1][0].shape[1]
        batches.on_epoch_end()


def test_class_weights_by_hand():
    from edgernn.train.classify.fit import example_weights

    targets = np.array([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], np.int32)
    np.testing.assert_allclose(example_weights(targets, 2, 0.0), 1.0)
    balanced = example_weights(targets, 2, 1.0)
    assert balanced[:9].sum() == pytest.approx(balanced[9])
    assert balanced.mean() == pytest.approx(1.0)
    assert example_weights(targets, 2, 0.5)[9] / example_weights(targets, 2, 0.5)[0] == pytest.approx(3.0)


def test_smoothed_crossentropy_by_hand():
    from edgernn.train.classify.fit import smoothed_crossentropy

    predicted = np.array([[0.7, 0.2, 0.1]], np.float32)
    loss = np.asarray(smoothed_crossentropy(3, 0.3)(np.array([[1]]), predicted))
    assert loss[0] == pytest.approx(-(0.1 * np.log(0.7) + 0.8 * np.log(0.2) + 0.1 * np.log(0.1)), rel=1e-5)


def test_the_tokenizer_covers_bytes_and_knows_its_specials(source):
    corpus = divide(read_table(source, None, None), source, 1)
    document = json.loads(build_tokenizer(corpus, TINY))
    vocabulary = document["model"]["vocab"]
    assert [vocabulary[name] for name in ("<pad>", "<s>", "<unk>")] == [0, 1, 2]
    assert len(vocabulary) <= TINY.vocab_size
    ids, targets = encode_splits(corpus, json.dumps(document).encode(), TINY)["test"]
    assert [corpus.labels[t] for t in targets] == [e.label for e in corpus.splits["test"]]
    assert all(sequence[0] == 1 and len(sequence) <= TINY.max_length for sequence in ids)


def test_the_positive_label_is_the_rarer_of_two(tmp_path):
    file = tmp_path / "two.csv"
    file.write_text("text,label\n" + "".join(f"t{i},{'yes' if i % 4 else 'no'}\n" for i in range(40)))
    source = locate(str(file))
    assert divide(read_table(source, None, None), source, 1).positive_label == "no"


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        ({"units": 0}, "units must lie between 1 and 4096, not 0"),
        ({"vocab_size": 100}, "vocab_size must lie between 261"),
        ({"dropout": 1.5, "epochs": -1}, "dropout must lie between 0.0 and 0.9, not 1.5; epochs must lie"),
        ({"learning_rate": float("nan")}, "learning_rate must lie between"),
    ],
)
def test_options_out_of_range(chosen, fault):
    with pytest.raises(InputError) as caught:
        options_for("default", chosen)
    assert fault in str(caught.value) or fault.split(";")[0] in str(caught.value)


def test_presets_give_way_to_choices():
    assert options_for("tiny", {"units": 99, "cell": None}) == ClassifyOptions(
        units=99, embedding_dim=8, vocab_size=400, max_length=48, epochs=3
    )


def test_an_earlier_training_is_replaced_only_at_the_end(source, tmp_path, monkeypatch):
    out = tmp_path / "model"
    train(source, out, TINY, Silent())
    before = {p.name: p.stat().st_mtime_ns for p in out.iterdir()}

    def fail(*arguments):
        assert {p.name: p.stat().st_mtime_ns for p in out.iterdir()} == before
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("edgernn.train.folder.write_document", fail)
    with pytest.raises(InputError, match="No space left on device"):
        train(source, out, TINY, Silent())
    assert {p.name: p.stat().st_mtime_ns for p in out.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    monkeypatch.undo()
    train(source, out, TINY, Silent())
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
    assert (out / "config.json").stat().st_mtime_ns != before["config.json"]


def test_folders_that_are_not_ours_are_left_alone(source, tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(InputError, match="holds other files"):
        train(source, tmp_path, TINY, Silent())
    with pytest.raises(InputError, match="is a file"):
        train(source, tmp_path / "thesis.txt", TINY, Silent())
    with pytest.raises(InputError, match="parent folder does not exist"):
        train(source, tmp_path / "a" / "b", TINY, Silent())
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


def cli_train(source, out) -> None:
    words = ["train", "classify", "--data", str(source.path), "--out", str(out), "--preset", "tiny", "--seed", "7"]
    process = subprocess.run(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words], capture_output=True, env=dict(os.environ)
    )
    assert process.returncode == 0, process.stderr.decode()


def test_same_seed_same_everything(source, tmp_path):
    import keras

    for name in ("one", "two"):
        cli_train(source, tmp_path / name)
    for file in ("metrics.json", "config.json", "tokenizer.json", "data/test.jsonl"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    weights = [
        keras.models.load_model(tmp_path / n / "model.keras", compile=False).get_weights() for n in ("one", "two")
    ]
    for first, second in zip(*weights, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_killed_training_leaves_nothing_under_the_final_name(source, tmp_path):
    import signal

    out = tmp_path / "killed"
    words = ["train", "classify", "--data", str(source.path), "--out", str(out), "--preset", "tiny", "--epochs", "500"]
    process = subprocess.Popen(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words, "--patience", "500"], stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(b"epoch   3"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists()
