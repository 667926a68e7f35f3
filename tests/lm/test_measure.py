"""What is measured of a language model, by hand and against the plain sequence."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from command import edgernn
from conftest import FIXTURES
from fixtures.make import write_prose

from edgernn.edge_runtime import load
from edgernn.edge_runtime.lm.corpus import open_corpus
from edgernn.edge_runtime.lm.evaluate import evaluate_text
from edgernn.edge_runtime.lm.measure import Keystrokes, LmScores, log_sum, measure, streams_of
from edgernn.edge_runtime.text.pieces import Pieces


@pytest.mark.parametrize("name", ["words", "pieces"])
def test_perplexity_is_that_of_the_whole_sequences(name):
    model = load(FIXTURES / f"{name}.tflite")
    task = model.task
    ids = np.array(model.encode_all("there was rain, rain but nobody asked? I want soup, bread at 7 o'clock. " * 30))
    streams = streams_of(len(ids), 16, 70)
    length = len(ids) // streams
    nats, first, among = [], 0, 0
    for row in ids[: streams * length].reshape(streams, length):
        logits = model.run({task.input: row[None, :-1].astype(np.int32)})[task.output][0].astype(np.float64)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        nats += [-logs[place, token] for place, token in enumerate(row[1:])]
        ranks = [(logits[place] > logits[place, token]).sum() for place, token in enumerate(row[1:])]
        first, among = first + sum(r == 0 for r in ranks), among + sum(r < 3 for r in ranks)
    found = measure(model, task, ids)
    assert found.tokens == len(nats) == streams * (length - 1)
    assert found.nats == pytest.approx(np.mean(nats), rel=1e-5)
    assert found.perplexity == pytest.approx(math.exp(np.mean(nats)), rel=1e-4)
    assert (found.recall_1, found.recall_3) == (first / len(nats), among / len(nats))


def test_log_sum_by_hand_and_without_overflow():
    np.testing.assert_allclose(log_sum(np.log(np.array([[1, 2, 3]], np.float32))), [math.log(6)], rtol=1e-6)
    np.testing.assert_allclose(
        log_sum(np.array([[1000, 1000], [-1000, -1000]], np.float32)), [1000 + math.log(2), -1000 + math.log(2)]
    )


def test_perplexity_of_nonsense_is_finite():
    assert math.isfinite(LmScores(1, 1e6, 0.0, 0.0).perplexity)


def test_keystrokes_by_hand():
    words = ["<unk>", "<eos>", "the", "this", "that", "then", "a", "cat"]
    tokenizer = json.dumps({"model": {"type": "WordLevel", "vocab": {w: i for i, w in enumerate(words)}}}).encode()
    keys = Keystrokes(Pieces(tokenizer, "blank", 1, 0), (0, 1))
    scores = np.array([99, 98, 9, 8, 7, 6, 5, 4], np.float32)
    keys.count(scores[None], np.array([2]))  # shown before a letter is typed: 1 instead of "the " = 4
    assert (keys.needed, keys.typed) == (1, 4)
    keys.count(scores[None], np.array([7]))  # "c" brings it: 2 instead of 4
    assert (keys.needed, keys.typed) == (3, 8)
    keys.count(
        scores[None], np.array([5])
    )  # "the" brings it: the, then; before that the, this, that come first: 4 of 5
    assert (keys.needed, keys.typed) == (7, 13)
    keys.count(scores[None], np.array([0]))  # nobody types it
    assert keys.saved == pytest.approx(1 - 7 / 13)


def test_the_test_split_of_the_training_text_is_found_again(tmp_path):
    write_prose(tmp_path / "prose.txt")
    model = load(FIXTURES / "words.tflite")
    found = evaluate_text(model, open_corpus(str(tmp_path / "prose.txt")))
    assert found.split == "test"
    assert found.perplexity == pytest.approx(model.manifest.quality.artifact["perplexity"], rel=1e-6)
    assert 0.3 < found.recall_1 < found.recall_3 <= 1.0
    assert 0.3 < found.keystrokes_saved < 1.0
    assert found.bits_per_character == pytest.approx(0.285, abs=0.02)
    with (tmp_path / "prose.txt").open("a") as file:
        file.write("one more line\n")
    assert evaluate_text(model, open_corpus(str(tmp_path / "prose.txt"))).split == "all"


def test_commands(tmp_path):
    write_prose(tmp_path / "prose.txt")
    bundle = str(FIXTURES / "words.tflite")
    status, out, _ = edgernn("eval", bundle, "--data", str(tmp_path / "prose.txt"), "--json")
    assert status == 0
    assert json.loads(out)["split"] == "test"
    status, out, _ = edgernn("run", bundle, "--prompt", "I want", "--seed", "3", "--max-tokens", "9", "--json")
    assert status == 0
    expected = load(bundle).generate("I want", seed=3, max_tokens=9)
    assert json.loads(out) == [{"prompt": "I want", "text": expected}]
    for words in (("--stream",), ()):
        status, out, _ = edgernn("run", bundle, "--prompt", "I want", "--seed", "3", "--max-tokens", "9", *words)
        assert (status, out) == (0, f"I want{expected}\n")
    status, out, _ = edgernn("run", bundle, "--next", "2", stdin=b"there was ")
    assert status == 0
    assert out.count("'") == 4


def test_memory_by_command(tmp_path):
    bundle, memory = str(FIXTURES / "words.tflite"), str(tmp_path / "me.json")
    text = "there was ticket. " * 20
    status, out, err = edgernn("run", bundle, "--adapt", memory, "--learn", text)
    assert (status, out) == (0, "")
    assert "tokens learnt" in err
    status, out, _ = edgernn("run", bundle, "--adapt", memory, "--prompt", "there was ", "--next", "1")
    assert out.startswith("'ticket'")
    assert edgernn("run", bundle, "--adapt", memory, "--forget")[0] == 0
    assert not (tmp_path / "me.json").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("b", "--prompt", "a"), "give --prompt or INPUT, not both"),
        (("--prompt", "a", "--temperature", "-1"), "temperature must lie between 0 and 100, not -1.0"),
        (("--prompt", "a", "--learn", "b"), "need --adapt FILE"),
        (("--prompt", "a", "--next", "0"), "k must be a whole number, 1 or more"),
        (("--prompt", "a", "--stop", ""), "stop must be a tuple of texts"),
    ],
)
def test_wrong_use_is_one_line(words, message):
    status, out, err = edgernn("run", str(FIXTURES / "words.tflite"), *words)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
