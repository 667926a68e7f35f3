"""Language models: the training loss, the coupled gates, and a training from end to end."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import keras
import numpy as np
import pytest
from command import edgernn
from fixtures.make import write_prose

from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.text.plain import PlainTokenizer
from edgernn.train.lm.batches import NOTHING, Windows
from edgernn.train.lm.cifg import CifgCell, as_lstm
from edgernn.train.lm.fit import Keeper, Measured, fit
from edgernn.train.lm.model import bare_model, training_network
from edgernn.train.lm.options import PRESETS, options_for
from edgernn.train.lm.tokenizer import END_ID, UNKNOWN_ID, train_tokenizer
from edgernn.train.lm.trainer import Trainer

TINY = replace(PRESETS["tiny"], units=12, embedding_dim=8, dropout=0.0, word_dropout=0.0, batch_size=2, steps=5)


class Silent:
    def say(self, line: str) -> None: ...
    def batch(self, done: int, total: int) -> None: ...
    def epoch(self, number: int, figures: dict[str, float]) -> None: ...


def shaken(model: keras.Model, seed: int = 3) -> keras.Model:
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.4, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


def test_windows_follow_each_other():
    ids = np.arange(103)
    windows = Windows(ids, 2, 10, seed=5)
    for _ in range(3):
        windows.begin_epoch()
        batches = [windows[number][0] for number in range(len(windows))]
        for row in range(2):
            inputs = np.concatenate([batch[0][row] for batch in batches])
            targets = np.concatenate([batch[1][row] for batch in batches])
            np.testing.assert_array_equal(inputs, np.arange(inputs[0], inputs[0] + len(inputs)))
            np.testing.assert_array_equal(targets, inputs + 1)
            assert row * 51 <= inputs[0] <= row * 51 + 10
            assert targets[-1] < (row + 1) * 51


def test_a_measurement_sees_every_token_once():
    windows = Windows(np.arange(100, 203), 2, 10)
    batches = [windows[number][0] for number in range(len(windows))]
    seen = np.concatenate([batch[1].ravel() for batch in batches])
    assert sorted(seen[seen != NOTHING]) == [*range(101, 151), *range(152, 202)]
    assert windows.padded == pytest.approx(len(seen) / (seen != NOTHING).sum())


def test_candidates_are_of_the_tail_and_hold_what_follows():
    one, two = (Windows((np.arange(400) * 7) % 200, 2, 10, (30, 200), 40, seed=1) for _ in range(2))
    for number in range(5):
        _, following, candidates, weights = one[number][0]
        certain = np.unique(following[following >= 30])
        assert len(set(candidates)) == len(candidates) == len(weights) == 40
        assert (np.diff(candidates) > 0).all()
        assert 30 <= candidates[0] <= candidates[-1] < 200
        assert set(certain) <= set(candidates)
        np.testing.assert_array_equal(weights[np.isin(candidates, certain)], 0)
        # Together they stand for the whole tail.
        assert np.exp(weights).sum() == pytest.approx(170, rel=1e-5)
        np.testing.assert_array_equal(candidates, two[number][0][2])


def numpy_loss(trainer: Trainer, batch) -> float:
    vectors, following = np.asarray(vectors_of(trainer, batch), np.float64), batch[1]
    logits = vectors @ np.asarray(trainer.table, np.float64).T
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return float(-np.take_along_axis(logs, following[..., None], -1).mean())


def batch_of(vocabulary: int, head: int = 0, candidates: int = 0, seed: int = 1):
    tail = (head, vocabulary) if head else (0, 0)
    return Windows(np.random.default_rng(1).integers(0, vocabulary, 13), 2, 5, tail, candidates, seed)[0][0]


def vectors_of(trainer: Trainer, batch):
    trainer.begin()
    return trainer(batch, training=False)


def from_nothing(network: keras.Model, ids: np.ndarray, training: bool = False) -> np.ndarray:
    """A training network's vectors from zero states."""
    zeros = [np.zeros(tensor.shape, np.float32) for tensor in network.inputs[1:]]
    return np.asarray(network([ids, *zeros], training=training)[0])


@pytest.mark.parametrize("cell", ["lstm", "gru", "cifg"])
def test_states_are_carried_from_batch_to_batch(cell):
    options = replace(TINY, cell=cell, layers=2)
    trainer = Trainer(shaken(training_network(options, 40, 2)))
    trainer.compile()
    ids = np.random.default_rng(4).integers(0, 40, 2 * 21)
    whole = from_nothing(trainer.network, ids.reshape(2, 21)[:, :-1].astype(np.int32))
    windows = Windows(ids, 2, 5)
    for _ in range(2):
        trainer.begin()
        parts = [np.asarray(trainer(windows[number][0])) for number in range(len(windows))]
        np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, rtol=1e-4, atol=1e-5)
    trainer.begin()
    # Also where Keras compiles the steps.
    logits = whole.astype(np.float64) @ np.asarray(trainer.table, np.float64).T
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = -np.take_along_axis(logs, ids.reshape(2, 21)[:, 1:, None], -1).mean()
    assert float(trainer.evaluate(windows, verbose=0)) == pytest.approx(expected, rel=1e-4)


def test_the_loss_is_the_mean_negative_logarithm():
    trainer = Trainer(shaken(training_network(TINY, 40, 2)))
    batch = batch_of(40)
    vectors = vectors_of(trainer, batch)
    assert float(trainer.compute_loss(batch, y_pred=vectors)) == pytest.approx(numpy_loss(trainer, batch), rel=1e-5)


def test_a_sample_of_the_whole_tail_is_the_whole_loss():
    trainer = Trainer(shaken(training_network(TINY, 40, 2)), head=10)
    batch = batch_of(40, 10, 30)
    vectors = vectors_of(trainer, batch)
    sampled = float(trainer.compute_loss(batch, y_pred=vectors, training=True))
    whole = float(trainer.compute_loss(batch, y_pred=vectors, training=False))
    assert sampled == pytest.approx(whole, rel=1e-5)


def test_sampled_losses_estimate_the_whole_one():
    trainer = Trainer(shaken(training_network(TINY, 200, 2)), head=50)
    batch = batch_of(200, 50, 75)
    vectors = vectors_of(trainer, batch)
    whole = float(trainer.compute_loss(batch, y_pred=vectors, training=False))
    losses = [
        float(trainer.compute_loss((*batch[:2], *batch_of(200, 50, 75, seed)[2:]), y_pred=vectors))
        for seed in range(100)
    ]
    assert np.mean(losses) == pytest.approx(whole, rel=0.02)
    assert np.std(losses) > 0


@pytest.mark.parametrize("cell", ["lstm", "gru", "cifg"])
@pytest.mark.parametrize("embedding_dim", [12, 8])
def test_the_plain_model_computes_what_was_trained(cell, embedding_dim):
    options = replace(TINY, cell=cell, embedding_dim=embedding_dim, layers=2)
    network = shaken(training_network(options, 30, 1))
    model = bare_model(options, 30, network)
    ids = np.random.default_rng(2).integers(0, 30, (1, 17)).astype(np.int32)
    vectors = from_nothing(network, ids)
    expected = vectors @ network.get_layer("embedding").get_weights()[0].T
    np.testing.assert_allclose(np.asarray(model(ids)), expected, rtol=1e-4, atol=1e-5)
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}


def test_coupled_gates_by_hand():
    random = np.random.default_rng(4)
    weights = [random.normal(0, 0.5, shape).astype(np.float32) for shape in ((3, 12), (4, 12), (12,))]
    cell = CifgCell(4)
    cell.build((1, 3))
    cell.set_weights(weights)
    h, c, x = (random.normal(0, 1, size).astype(np.float32) for size in (4, 4, 3))
    output, states = cell(x[None], [h[None], c[None]])
    forget, candidate, leave = np.split(x @ weights[0] + h @ weights[1] + weights[2], 3)
    forget, leave = 1 / (1 + np.exp(-forget)), 1 / (1 + np.exp(-leave))
    expected = forget * c + (1 - forget) * np.tanh(candidate)
    np.testing.assert_allclose(np.asarray(states[1])[0], expected, rtol=1e-5)
    np.testing.assert_allclose(np.asarray(output)[0], leave * np.tanh(expected), rtol=1e-5)
    lstm = keras.layers.LSTMCell(4)
    lstm.build((1, 3))
    lstm.set_weights(as_lstm(weights))
    np.testing.assert_allclose(np.asarray(lstm(x[None], [h[None], c[None]])[0]), np.asarray(output), rtol=1e-5)


def test_dropout_is_the_same_for_all_steps():
    options = replace(TINY, embedding_dim=12, dropout=0.5, word_dropout=0.5, recurrent_dropout=0.5, cell="cifg")
    network = shaken(training_network(options, 30, 2))
    ids = np.full((2, 4), 7, np.int32)
    plain = from_nothing(network, ids)
    dropped = np.stack([from_nothing(network, ids, training=True) for _ in range(6)])
    assert not np.allclose(dropped[0], dropped[1])
    assert np.abs(plain).min() > 0
    # A unit of the output is dropped for a whole sequence, or for none of its steps.
    gone = dropped == 0
    assert gone.any()
    np.testing.assert_array_equal(gone.all(axis=2), gone.any(axis=2))


def test_an_interrupted_training_goes_on(tmp_path):
    random = np.random.default_rng(1)
    ids = np.cumsum(random.integers(0, 2, 2000)) % 20
    options = replace(TINY, epochs=4, average=0.9, learning_rate=0.01)
    whole = fit(options, 20, ids, ids[:400], Silent())

    class Stopped(Silent):
        def epoch(self, number: int, figures: dict[str, float]) -> None:
            if number == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(options, 20, ids, ids[:400], Stopped(), tmp_path / "checkpoint")
    again = fit(options, 20, ids, ids[:400], Silent(), tmp_path / "checkpoint")
    assert len(again.history["loss"]) == 4
    assert again.history["perplexity"][-1] == pytest.approx(whole.history["perplexity"][-1], rel=0.2)
    assert whole.history["perplexity"][-1] < 3.2  # two choices a step, of which one is known to be likelier


def test_the_best_epoch_is_kept(tmp_path):
    network = shaken(training_network(TINY, 20, 2))
    figures = iter([2.0, 1.0, 3.0])

    class Fixed:
        def loss(self, weights: object) -> float:
            return next(figures)

    keeper = Keeper(Trainer(network), Fixed(), Silent(), 1, tmp_path)
    for epoch in range(3):
        network.set_weights([np.full_like(w, epoch) for w in network.get_weights()])
        keeper.on_epoch_end(epoch, {"loss": 1.0})
    assert keeper.best_epoch == 2
    assert all((weight == 1).all() for weight in keeper.best_weights)
    restored = Keeper(Trainer(network), Fixed(), Silent(), 1, tmp_path)
    assert restored.best_epoch == 2
    assert restored.history["perplexity"] == pytest.approx([math.e**2, math.e, math.e**3])
    assert all((weight == 1).all() for weight in restored.best_weights)


def test_measured_is_the_loss_of_the_network():
    network = shaken(training_network(TINY, 20, 1))
    ids = np.random.default_rng(1).integers(0, 20, 150)
    found = Measured(TINY, 20, ids).loss(network.get_weights())
    streams = 1
    vectors = from_nothing(network, ids[None, :-1].astype(np.int32))[0].astype(np.float64)
    logits = vectors @ network.get_layer("embedding").get_weights()[0].T.astype(np.float64)
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    assert streams == 1
    assert found == pytest.approx(-logs[np.arange(149), ids[1:]].mean(), rel=1e-4)


@pytest.mark.parametrize("level", ["blank", "word", "bpe", "char"])
def test_tokenizers_number_by_frequency_and_read_alike_everywhere(level, tmp_path):
    write_prose(tmp_path / "prose.txt", 300)
    text = (tmp_path / "prose.txt").read_text(encoding="utf-8")
    tokenizer = train_tokenizer([text], level, 300, 1)
    vocabulary = tokenizer.get_vocab()
    assert sorted(vocabulary.values()) == list(range(len(vocabulary)))
    assert (vocabulary["<unk>"], vocabulary["<eos>"]) == (UNKNOWN_ID, END_ID)
    plain = PlainTokenizer(json.loads(tokenizer.to_str()))
    for sample in (text, "", "  x  y ", "caf\u00e9 \u4f60 <eos>\n\n1984", "don\u2019t\tdo"):
        assert plain.encode(sample) == tokenizer.encode(sample).ids
    if level != "bpe":
        counts = np.bincount(tokenizer.encode(text).ids, minlength=len(vocabulary))[2:]
        assert (np.diff(counts) <= 0).all()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"dropout": 1.0}, "--dropout must lie between 0 and 0.9, not 1.0"),
        ({"units": 0}, "--units must lie between 1 and 8192"),
        ({"cell": "rnn"}, "--cell must be one of lstm, cifg, gru"),
        ({"vocab_size": 3}, "--vocab-size must lie between 259"),
    ],
)
def test_options_out_of_range(chosen, words):
    with pytest.raises(InputError, match=words):
        options_for("tiny", chosen)


def test_unknown_preset():
    with pytest.raises(InputError, match="--preset huge: choose one of small"):
        options_for("huge", {})


QUICK = (
    *("--preset", "tiny", "--units", "16", "--embedding-dim", "16", "--epochs", "6", "--steps", "20"),
    *("--learning-rate", "0.02", "--reset", "10"),
)


def test_a_text_from_end_to_end(tmp_path):
    folder = tmp_path / "texts"
    folder.mkdir()
    write_prose(folder / "one.txt", 800, seed=1)
    write_prose(folder / "two.md", 800, seed=2)
    (folder / "logo.png").write_bytes(b"\x89PNG\0")
    status, out, err = edgernn("train", "lm", "--data", str(folder), "--out", str(tmp_path / "model"), *QUICK)
    assert status == 0, err
    assert "logo.png: left out: not text" in err
    assert out.splitlines()[1].startswith("test        perplexity")
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text())
    assert metrics["level"] == "word"
    assert metrics["test"]["perplexity"] < 6
    bundle = tmp_path / "texts.tflite"
    status, out, err = edgernn("convert", str(tmp_path / "model"), "-o", str(bundle))
    assert status == 0, err
    quality = load(bundle).manifest.quality
    assert quality.artifact["perplexity"] == pytest.approx(metrics["test"]["perplexity"], rel=0.01)
    status, out, _ = edgernn("eval", str(bundle), "--data", str(folder), "--json")
    assert json.loads(out)["perplexity"] == pytest.approx(quality.artifact["perplexity"], rel=1e-6)
    assert edgernn("selftest", str(bundle))[0] == 0
    status, out, _ = edgernn("run", str(bundle), "--prompt", "I want", "--seed", "1", "--max-tokens", "20")
    assert status == 0
    assert out.startswith("I want")


def test_a_language_of_many_words_is_read_in_pieces(tmp_path):
    random = np.random.default_rng(1)
    syllables = ["ka", "lo", "mi", "ne", "su", "ta", "vi", "\u00e4n", "h\u00f6"]
    words = ["".join(random.choice(syllables, 5)) for _ in range(6000)]
    (tmp_path / "made-up.txt").write_text(" ".join(words), encoding="utf-8")
    status, out, err = edgernn(
        "train", "lm", "--data", str(tmp_path / "made-up.txt"), "--out", str(tmp_path / "m"), *QUICK, "--json"
    )
    assert status == 0, err
    assert json.loads(out)["level"] == "bpe"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"too short", "its train part has|its validation part has|its test part has"), (b"", "is empty")],
)
def test_texts_that_cannot_be_learnt_leave_nothing(tmp_path, content, message):
    (tmp_path / "a.txt").write_bytes(content)
    status, out, err = edgernn("train", "lm", "--data", str(tmp_path / "a.txt"), "--out", str(tmp_path / "m"), *QUICK)
    assert (status, out) == (2, "")
    assert any(part in err for part in message.split("|"))
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
