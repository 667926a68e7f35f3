"""The commands for taggers, as a user types them."""

from __future__ import annotations

import json

import pytest
from command import edgernn
from conftest import FIXTURES

TAGGER, FORWARD = str(FIXTURES / "tagger.tflite"), str(FIXTURES / "forward.tflite")


def test_run_with_arguments():
    assert edgernn("run", FORWARD, "Omar left Lake Nyos.", "") == (0, "[Omar PER] left [Lake Nyos LOC].\n\n", "")


def test_run_json_is_one_document_and_nothing_else():
    status, out, err = edgernn("run", TAGGER, "Zo\u00e9 Faure left \U0001f600", "--json")
    assert (status, err) == (0, "")
    assert out.isascii()
    (found,) = json.loads(out)
    assert found["text"] == "Zo\u00e9 Faure left \U0001f600"
    assert found["entities"][0]["text"] == "Zo\u00e9 Faure"
    assert [token["labels"]["pos"] for token in found["tokens"][:3]] == ["NP", "NP", "VB"]
    assert (found["tokens"][3]["start"], found["tokens"][3]["end"]) == (15, 16)


def test_run_reads_standard_input_and_files(tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("Omar left Nordbank\n", encoding="utf-8")
    status, out, _ = edgernn("run", FORWARD, str(file), "-", stdin=b"Omar\r\n\n")
    assert (status, out) == (0, "[Omar PER] left [Nordbank ORG]\n[Omar PER]\n\n")
    assert edgernn("run", FORWARD, "--json") == (0, "[]\n", "")


def test_words_between_blanks_are_left_whole():
    _, out, _ = edgernn("run", FORWARD, "Omar's, left", "--tokens", "--json")
    assert [token["text"] for token in json.loads(out)[0]["tokens"]] == ["Omar's,", "left"]
    _, out, _ = edgernn("run", FORWARD, "Omar's, left", "--json")
    assert [token["text"] for token in json.loads(out)[0]["tokens"]] == ["Omar's", ",", "left"]


def test_run_writes_a_page(tmp_path):
    page = tmp_path / "page.html"
    status, out, _ = edgernn("run", FORWARD, "<b>Omar</b> left", "--html", str(page))
    assert status == 0
    assert out.endswith(f"wrote {page}\n")
    content = page.read_text(encoding="utf-8")
    assert "&lt;" in content
    assert "<b>Omar" not in content
    assert "</b> left" not in content.replace("</b></mark>", "")
    status, out, _ = edgernn("run", FORWARD, "Omar", "--json", "--html", str(page))
    assert json.loads(out)[0]["text"] == "Omar"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((TAGGER, "Omar", "--html", "/nowhere/page.html"), "cannot write /nowhere/page.html"),
        ((str(FIXTURES / "tiny.int8.tflite"), "x", "--html", "p.html"), "not a tagger: --html and --tokens are for"),
        ((str(FIXTURES / "words.tflite"), "--prompt", "x", "--tokens"), "not a tagger: --html and --tokens are for"),
        ((TAGGER, "Omar", "--prompt", "x"), "not a language model: --prompt and --next are for those"),
        ((TAGGER, "-"), "standard input line 1: not UTF-8"),
    ],
)
def test_bad_usage(words, message):
    status, out, err = edgernn("run", *words, stdin=b"\xff\n")
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_eval_prints_figures_and_json(tmp_path):
    file = tmp_path / "mine.conll"
    file.write_text("Omar\tI-PER\nleft\tO\nLake\tI-LOC\nNyos\tI-LOC\n\nOmar\tI-LOC\n", encoding="utf-8")
    status, out, _ = edgernn("eval", FORWARD, "--data", str(file))
    assert status == 0
    assert out.splitlines()[0] == "2 sentences, 5 tokens: every sentence of the file"
    assert "ner: F1 0.6667 (spans, by " in out
    assert "all       0.6667  0.6667  0.6667       3" in out
    status, out, err = edgernn("eval", FORWARD, "--data", str(file), "--json")
    assert (status, err) == (0, "")
    scores = json.loads(out)["columns"]["ner"]
    assert scores["micro"] == {"precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3}
    assert scores["labels"]["LOC"] == {"precision": 1.0, "recall": 0.5, "f1": 2 / 3, "support": 2}


def test_eval_columns_are_named(tmp_path):
    file = tmp_path / "mine.conll"
    file.write_text("Omar NP B-PER\nleft VB O\n", encoding="utf-8")
    status, out, _ = edgernn("eval", TAGGER, "--data", str(file), "--columns", "pos", "ner", "--json")
    assert (status, list(json.loads(out)["columns"])) == (0, ["pos", "ner"])
    status, out, err = edgernn("eval", TAGGER, "--data", str(file), "--columns", "a", "b")
    assert (status, out) == (2, "")
    assert "its columns are a, b, the model's pos, ner, marks" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Omar B-PER\nleft\n", "mine.conll line 2: 1 columns, expected 2"),
        ("", "no labelled sentence in it"),
        ("Omar B-film\n", "the model knows none of its labels (film)"),
    ],
)
def test_eval_on_bad_files(tmp_path, content, message):
    file = tmp_path / "mine.conll"
    file.write_text(content, encoding="utf-8")
    status, out, err = edgernn("eval", FORWARD, "--data", str(file))
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_other_commands_know_taggers():
    status, out, _ = edgernn("info", TAGGER, "--json")
    document = json.loads(out)
    assert (status, document["task"]["name"], len(document["task"]["columns"])) == (0, "tag", 3)
    assert document["quality"]["artifact"].keys() == {"pos_accuracy", "ner_f1", "marks_accuracy"}
    status, out, _ = edgernn("selftest", FORWARD, "--json")
    assert (status, json.loads(out)["passed"]) == (0, True)
    status, out, _ = edgernn("bench", FORWARD, "--seconds", "0.01", "--json")
    assert status == 0
    assert json.loads(out)["latencies"]
