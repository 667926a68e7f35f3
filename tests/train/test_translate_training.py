"""Translators: the step model against the training, batches, the loss by hand, and trainings from end to end."""

# ruff: noqa: RUF001 - Ukrainian letters look like Latin ones

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from command import edgernn
from pairs import parts_without_the_kit
from tokenizers import Tokenizer

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.reading.bitext import Pair
from edgernn.edge_runtime.translate.reading.corpus import open_parallel
from edgernn.edge_runtime.translate.scoring import scores_of
from edgernn.train.translate.batches import Batches
from edgernn.train.translate.decode import greedy
from edgernn.train.translate.fit import fit, precision
from edgernn.train.translate.joining import joined
from edgernn.train.translate.keeping import renumbered
from edgernn.train.translate.model import BIAS, ENCODER, FEED, MEMORY, STEP, Sizes, build_model, state_names
from edgernn.train.translate.options import PRESETS, options_for
from edgernn.train.translate.prepare import Example, prepare
from edgernn.train.translate.tokenizer import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID, train_tokenizer
from edgernn.train.translate.trainer import Trainer

SMALL = replace(PRESETS["tiny"], encoder_units=5, units=7, embedding_dim=6)
SIZES = Sizes(13, 11)


def shaken(model: keras.Model, seed: int = 3) -> keras.Model:
    random = np.random.default_rng(seed)
    model.set_weights([random.normal(0, 0.5, w.shape).astype(np.float32) for w in model.get_weights()])
    return model


def arrays(tensors) -> dict[str, np.ndarray]:
    return {name: keras.ops.convert_to_numpy(tensor) for name, tensor in tensors.items()}


def some_batch(seed: int = 2):
    random = np.random.default_rng(seed)
    lengths = ((3, 4), (6, 2), (1, 5))
    examples = [Example(random.integers(4, 13, a).tolist(), random.integers(4, 11, b).tolist()) for a, b in lengths]
    batches = Batches(examples, 1000)
    return batches[0][0]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
def test_steps_say_what_the_training_saw(cell, layers):
    options = replace(SMALL, cell=cell, encoder_layers=layers, decoder_layers=layers)
    network = shaken(build_model(options, SIZES))
    source, given, _ = some_batch()
    whole = np.asarray(Trainer(options, network)((source, given, given), training=False))
    encoded = arrays(network.get_layer(ENCODER)({"source": source}))
    states = {name: encoded.get(name, np.zeros((3, 6), np.float32)) for name in state_names(options)}
    assert all(np.abs(states[name]).min() > 0 for name in states if name != FEED)
    for number in range(given.shape[1]):
        token = given[:, number : number + 1]
        outputs = arrays(
            network.get_layer(STEP)({"token": token, **states, **{name: encoded[name] for name in MEMORY}})
        )
        np.testing.assert_allclose(outputs["logits"], whole[:, number], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(outputs["attention"].sum(axis=1), 1, rtol=1e-5)
        assert np.abs(outputs["attention"][source == PAD_ID]).max() == 0
        states = {name: outputs[name] for name in states}
        assert np.abs(states[FEED]).min() > 0


def lstm(x: np.ndarray, h: np.ndarray, c: np.ndarray, weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    kernel, recurrent, bias = weights
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def test_a_step_by_hand_from_states_that_are_not_zero():
    """Luong et al. 2015: the attention's product, its weighted sum, and what is fed into the next step."""
    network = shaken(build_model(SMALL, SIZES))
    step = network.get_layer(STEP)
    random = np.random.default_rng(1)
    given = {
        "state_0_h": random.normal(size=7),
        "state_0_c": random.normal(size=7),
        FEED: random.normal(size=6),
        "keys": random.normal(size=(4, 7)),
        "values": random.normal(size=(4, 6)),
        BIAS: np.array([0.0, 0.0, 0.0, -1e9]),
    }
    inputs = {name: array[None].astype(np.float32) for name, array in given.items()}
    outputs = {name: array[0] for name, array in arrays(step({"token": np.array([[9]]), **inputs})).items()}

    table = step.get_layer("target_embedding").get_weights()[0].astype(np.float64)
    x = np.concatenate([table[9], given[FEED]])
    h, c = lstm(x, given["state_0_h"], given["state_0_c"], step.get_layer("decoder_0").get_weights())
    scores = given["keys"] @ h + given[BIAS]
    attention = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
    kernel, bias = step.get_layer("combine").get_weights()
    feed = np.tanh(attention @ given["values"] + h @ kernel + bias)
    expected = {"state_0_h": h, "state_0_c": c, "attention": attention, FEED: feed, "logits": table @ feed}
    for name, array in expected.items():
        np.testing.assert_allclose(outputs[name], array, rtol=1e-4, atol=1e-5, err_msg=name)


def test_a_sentence_is_encoded_alike_beside_a_longer_one():
    network = shaken(build_model(replace(SMALL, encoder_layers=2), SIZES))
    encoder = network.get_layer(ENCODER)
    alone = arrays(encoder({"source": np.array([[5, 6, 7]])}))
    beside = arrays(encoder({"source": np.array([[5, 6, 7, PAD_ID, PAD_ID], [4, 5, 6, 7, 8]])}))
    for name, array in alone.items():
        cut = beside[name][:1, :3] if name in MEMORY else beside[name][:1]
        np.testing.assert_allclose(array, cut, rtol=1e-5, atol=1e-6, err_msg=name)
    np.testing.assert_array_equal(beside[BIAS][0], np.float32([0, 0, 0, -1e9, -1e9]))


def test_the_model_is_read_again_without_the_kit(tmp_path):
    network = shaken(build_model(SMALL, SIZES))
    network.save(tmp_path / "model.keras")
    encoder, _ = parts_without_the_kit(tmp_path / "model.keras")
    assert encoder == "['bias', 'keys', 'state_0_c', 'state_0_h', 'values']"
    again = keras.models.load_model(tmp_path / "model.keras")
    for one, other in zip(again.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_the_loss_by_hand(smoothing):
    options = replace(SMALL, label_smoothing=smoothing)
    trainer = Trainer(options, shaken(build_model(options, SIZES)))
    batch = some_batch()
    logits = np.asarray(trainer(batch, training=False), np.float64)
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    wanted = batch[2]
    right = np.take_along_axis(logs, wanted[..., None], -1)[..., 0]
    smooth = -((1 - smoothing) * right + smoothing * logs.mean(axis=-1))
    real = wanted != PAD_ID
    assert real.sum() == 5 + 3 + 6
    assert float(trainer.compute_loss(batch, y_pred=logits.astype(np.float32))) == pytest.approx(
        smooth[real].mean(), rel=1e-4
    )
    plain = trainer.compute_loss(batch, y_pred=logits.astype(np.float32), training=False)
    assert float(plain) == pytest.approx(-right[real].mean(), rel=1e-4)


def test_batches_hold_every_pair_once_and_stay_within_their_tokens():
    random = np.random.default_rng(1)
    examples = [
        Example(random.integers(4, 99, 1 + n % 17).tolist(), random.integers(4, 99, 1 + n % 13).tolist())
        for n in range(300)
    ]
    batches = Batches(examples, 200, seed=4)
    seen = []
    for epoch in (0, 1):
        batches.begin_epoch(epoch)
        members = [batches.members(number).tolist() for number in range(len(batches))]
        assert sorted(place for rows in members for place in rows) == list(range(300))
        seen.append(members)
        for number, rows in enumerate(members):
            source, given, wanted = batches[number][0]
            assert source.size + wanted.size <= 200
            for row, place in enumerate(rows):
                example = examples[place]
                np.testing.assert_array_equal(source[row][source[row] != PAD_ID], example.source)
                np.testing.assert_array_equal(given[row][given[row] != PAD_ID], [BEGIN_ID, *example.target])
                np.testing.assert_array_equal(wanted[row][wanted[row] != PAD_ID], [*example.target, END_ID])
    assert seen[0] != seen[1]
    batches.begin_epoch(0)
    assert [batches.members(number).tolist() for number in range(len(batches))] == seen[0]


def test_a_pair_longer_than_a_batch_is_one_by_itself():
    batches = Batches([Example([5] * 50, [6] * 50), Example([5], [6])], 20)
    assert [batches.members(number).tolist() for number in range(len(batches))] == [[1], [0]]


@pytest.mark.parametrize(
    "text",
    [
        'He said: "It\'s 12,345.67 €!"  Twice  ',
        "Привіт, світе! Як ся маєш?",
        "<b>bold</b> https://example.org/a?b=c&d=%20 <unk> </s>",
        "日本語 👩‍👩‍👧 naïve\n\ttab",
        "",
    ],
)
def test_no_text_is_changed_or_unknown(text):
    tokenizer = train_tokenizer(["a b c", "the cat", "the cats"], 300)
    ids = tokenizer.encode(text).ids
    assert tokenizer.decode(ids) == text
    assert not {PAD_ID, UNKNOWN_ID, BEGIN_ID, END_ID} & set(ids)


def test_bfloat16_differs_little_and_is_written_as_float32():
    options = replace(SMALL, precision="bfloat16")
    plain = shaken(build_model(SMALL, SIZES))
    with precision("bfloat16"):
        rough = build_model(options, SIZES)
        trainer = Trainer(options, rough)
    rough.set_weights(plain.get_weights())
    batch = some_batch()
    exact = np.asarray(Trainer(SMALL, plain)(batch, training=False))
    found = np.asarray(trainer(batch, training=False))
    assert found.dtype == np.float32
    assert 0 < np.abs(found - exact).max() < 0.2
    assert all(weights.dtype == np.float32 for weights in rough.get_weights())
    assert keras.config.dtype_policy().name == "float32"


def test_scores_take_any_number_of_references():
    found = scores_of(
        ["the cat sat on the mat", "hello there my friend"],
        [["a cat sat on the mat", "the cat sat on the mat"], ["hello there my friend"]],
    )
    assert found.bleu == pytest.approx(100)
    assert found.chrf == pytest.approx(100)
    assert "nrefs:var" in found.bleu_signature


WORDS = {
    "one": "один",
    "two": "два",
    "three": "три",
    "red": "червоний",
    "green": "зелений",
    "cat": "кіт",
    "dog": "пес",
    "sees": "бачить",
    "eats": "їсть",
}


def toy(random: np.random.Generator) -> tuple[str, str]:
    """Three to five words; their translations stand in the opposite order, so that a translator must attend."""
    words = [str(word) for word in random.choice(list(WORDS), random.integers(3, 6))]
    return " ".join(words), " ".join(WORDS[word] for word in reversed(words))


def write_toy(path: Path, count: int = 1500) -> Path:
    random = np.random.default_rng(1)
    path.write_text("".join("\t".join(toy(random)) + "\n" for _ in range(count)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("toy")
    data = write_toy(folder / "toy.tsv")
    words = ("--data", str(data), "--out", str(folder / "out"), "--preset", "tiny", "--json")
    languages = ("--source-language", "en", "--target-language", "uk")
    status, printed, err = edgernn("train", "translate", *words, *languages)
    assert status == 0, err
    return folder, json.loads(printed)


def test_a_translation_is_learnt(trained):
    folder, metrics = trained
    assert metrics["test"]["bleu"] > 90
    assert metrics["test"]["nats"] < 0.1
    assert metrics["history"]["perplexity"][0] > 2 * metrics["history"]["perplexity"][-1]
    assert json.loads((folder / "out" / "metrics.json").read_text(encoding="utf-8")) == metrics


def test_the_saved_model_translates_what_training_has_not_seen(trained):
    folder, _ = trained
    model = keras.models.load_model(folder / "out" / "model.keras")
    source, target = (
        Tokenizer.from_file(str(folder / "out" / f"{side}.tokenizer.json")) for side in ("source", "target")
    )
    lines = (folder / "out" / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    known = {line.split("\t")[0] for line in (folder / "toy.tsv").read_text(encoding="utf-8").splitlines()}
    sources = [json.loads(line)["source"] for line in lines]
    assert len(sources) > 30
    assert set(sources) <= known
    found = target.decode_batch(greedy(model, [source.encode(one).ids for one in sources]))
    right = [" ".join(WORDS[word] for word in reversed(one.split())) for one in sources]
    assert np.mean([one == other for one, other in zip(found, right, strict=True)]) > 0.85


def test_the_folder_says_where_its_data_comes_from(trained):
    folder, metrics = trained
    config = json.loads((folder / "out" / "config.json").read_text(encoding="utf-8"))
    assert config["task"]["name"] == "translate"
    assert (config["task"]["source_language"], config["task"]["target_language"]) == ("en", "uk")
    assert config["data"]["split"]["method"] == "sentences-sha256"
    counts = config["data"]["split"]["counts"]
    left_out = sum(metrics["left_out"].values())
    assert sum(counts.values()) + left_out == 1500
    assert len((folder / "out" / "data" / "calibration.jsonl").read_text(encoding="utf-8").splitlines()) == 256


def test_the_other_direction_has_the_same_test_sentences(trained, tmp_path):
    folder, _ = trained
    out = tmp_path / "reverse"
    words = ("--data", str(folder / "toy.tsv"), "--out", str(out), "--preset", "tiny", "--epochs", "1", "--joint")
    languages = ("--source-language", "en", "--target-language", "uk")
    status, printed, err = edgernn("train", "translate", *words, *languages, "--reverse", "--cell", "gru")
    assert status == 0, err
    assert "uk to en" in err
    assert f"wrote {out}" in printed
    config = json.loads((out / "config.json").read_text(encoding="utf-8"))
    assert (config["task"]["source_language"], config["task"]["target_language"]) == ("uk", "en")
    assert config["task"]["source_tokenizer"] == config["task"]["target_tokenizer"]
    forward, backward = (
        [json.loads(line) for line in (path / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()]
        for path in (folder / "out", out)
    )
    assert {one["source"] for one in backward} == {one for line in forward for one in line["references"]}


def test_both_languages_may_share_their_tokens(tmp_path):
    corpus = open_parallel(str(write_toy(tmp_path / "toy.tsv", 200)))
    prepared = prepare(corpus, replace(SMALL, joint=True))
    assert prepared.source is prepared.target
    apart = prepare(corpus, SMALL)
    assert apart.source.get_vocab_size() < prepared.source.get_vocab_size()


def test_long_sentences_are_left_out_of_training(tmp_path):
    corpus = open_parallel(str(write_toy(tmp_path / "toy.tsv", 300)))
    every, short = prepare(corpus, SMALL), prepare(corpus, replace(SMALL, max_tokens=4))
    longer = [
        one for one in every.examples["train"][: len(every.pairs["train"])] if max(len(one.source), len(one.target)) > 4
    ]
    assert short.left_out["too many tokens"] == len(longer) > 0
    assert all(max(len(one.source), len(one.target)) <= 4 for one in short.examples["train"])
    assert len(short.pairs["test"]) == len(every.pairs["test"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--preset", "huge"), "--preset huge: choose one of"),
        (("--vocab-size", "100"), "--vocab-size must lie between 261 and"),
        (("--data", "nothing.tmx"), "nothing.tmx: no such file"),
    ],
)
def test_bad_options_are_one_line_and_nothing_is_written(tmp_path, words, message):
    data = write_toy(tmp_path / "toy.tsv", 50)
    status, printed, err = edgernn("train", "translate", "--data", str(data), "--out", str(tmp_path / "out"), *words)
    assert (status, printed) == (2, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_too_few_pairs_are_refused(tmp_path):
    corpus = open_parallel(str(write_toy(tmp_path / "toy.tsv", 12)))
    with pytest.raises(InputError, match="20 are needed"):
        prepare(corpus, options_for("tiny", {}))


@pytest.mark.parametrize(
    ("source", "target", "forms"),
    [
        ("Tom saw Mary.", "Tom vio a Mary.", (r"(\d{1,4}) saw (\d{1,4})\.", r"\1 vio a \2\.")),
        ("It is 10:45 now", "Son las 10:45", (r"It is (\d\d:\d\d) now", r"Son las \1")),
        ("У Київ 7 днів", "7 days to Kyiv", (r"У Київ (\d) днів", r"\1 days to Kyiv")),
    ],
)
def test_common_names_and_numbers_become_other_numbers(source, target, forms):
    random = np.random.default_rng(1)
    found = [renumbered(Pair(source, target, "train"), random) for _ in range(20)]
    assert len(set(found)) > 5
    for pair in found:
        match = re.fullmatch(forms[0], pair.source)
        assert match
        assert pair.target == match.expand(forms[1].replace("\\.", "."))


@pytest.mark.parametrize(
    ("source", "target"),
    [("Mary, mary and Mary", "Mary"), ("No, he is no actor.", "No, no es actor."), ("Go.", "Ve.")],
)
def test_other_pairs_are_not_renumbered(source, target):
    assert renumbered(Pair(source, target), np.random.default_rng(1)) is None


def test_some_numbers_are_learnt_twice(tmp_path):
    lines = [f"The number {n} is red.\tЧисло {n} червоне.\n" for n in range(100, 700)]
    (tmp_path / "a.tsv").write_text("".join(lines), encoding="utf-8")
    corpus = open_parallel(str(tmp_path / "a.tsv"))
    prepared = prepare(corpus, replace(SMALL, kept=0.5, joined=0.0))
    added = prepared.examples["train"][len(prepared.pairs["train"]) :]
    assert len(added) == pytest.approx(0.5 * len(prepared.pairs["train"]), rel=0.2)
    for one in added:
        number = re.fullmatch(r"The number (\d{3}) is red\.", prepared.source.decode(list(one.source)))
        assert number
        assert prepared.target.decode(list(one.target)) == f"Число {number[1]} червоне."
    plain = prepare(corpus, replace(SMALL, kept=0.0, joined=0.0))
    assert len(plain.examples["train"]) == len(plain.pairs["train"])


def test_long_examples_are_several_pairs_one_behind_the_other():
    pairs = [Pair(f"s{n}", f"t{n}") for n in range(100)]
    found = joined(pairs, 0.5, 3)
    assert len(found) == 50
    assert {len(pair.source.split()) for pair in found} <= set(range(2, 13))
    assert len({len(pair.source.split()) for pair in found}) > 5
    for pair in found:
        assert pair.target == pair.source.replace("s", "t")
    assert joined(pairs, 0.5, 3) == found != joined(pairs, 0.5, 4)


class Impatient:
    """Gives up when the first epoch has ended."""

    def say(self, line: str) -> None: ...
    def batch(self, done: int, total: int) -> None: ...
    def epoch(self, number: int, figures: dict[str, float]) -> None:
        raise KeyboardInterrupt


class Patient(Impatient):
    def epoch(self, number: int, figures: dict[str, float]) -> None: ...


def test_an_interrupted_training_goes_on(tmp_path):
    prepared = prepare(open_parallel(str(write_toy(tmp_path / "toy.tsv", 200))), SMALL)
    options = replace(SMALL, epochs=3)
    at_once = fit(options, prepared, Patient())
    with pytest.raises(KeyboardInterrupt):
        fit(options, prepared, Impatient(), tmp_path / "checkpoint")
    later = fit(options, prepared, Patient(), tmp_path / "checkpoint")
    assert later.best_epoch == at_once.best_epoch == 3
    np.testing.assert_allclose(later.history["perplexity"], at_once.history["perplexity"], rtol=1e-4)
    for one, other in zip(later.model.get_weights(), at_once.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
