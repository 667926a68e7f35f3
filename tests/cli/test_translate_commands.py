"""The commands for translators, as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command import edgernn
from conftest import FIXTURES

BUNDLE = str(FIXTURES / "translator.tflite")


def test_run_with_arguments():
    assert edgernn("run", BUNDLE, "I see bread.", "", "--beams", "4") == (0, "Yo veo pan.\n\n", "")


def test_run_json_is_one_document_and_nothing_else():
    status, out, err = edgernn("run", BUNDLE, "I see bread.", "--json", "--n-best", "2", "--alignment")
    assert (status, err) == (0, "")
    assert out.isascii()
    (found,) = json.loads(out)
    assert found["text"] == "I see bread."
    assert found["translations"][0]["text"] == "Yo veo pan."
    assert len(found["translations"]) == 2
    first = found["translations"][0]["alignment"][0]
    assert set(first) == {"source", "target", "weight"}


def test_a_line_in_is_a_line_out(tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("I see bread.\n\nYou have water!\n", encoding="utf-8")
    expected = "Yo veo pan.\n\nT\u00fa tengo agua!\n"
    assert edgernn("run", BUNDLE, str(file)) == (0, expected, "")
    assert edgernn("run", BUNDLE, stdin=file.read_bytes()) == (0, expected, "")


def test_lines_come_out_before_the_next_ones_are_read():
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "run", BUNDLE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for source, target in (("I see bread.", "Yo veo pan."), ("You have water!", "T\u00fa tengo agua!")):
            process.stdin.write(f"{source}\n".encode())
            process.stdin.flush()
            assert process.stdout.readline().decode() == f"{target}\n"
        process.stdin.close()
        assert process.wait() == 0


def test_n_best_alignment_and_stream():
    status, out, _ = edgernn("run", BUNDLE, "I see bread.", "--n-best", "2", "--alignment")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].split("\t")[1] == "Yo veo pan."
    assert "bread.=pan." in lines[1]
    assert len(lines) == 4
    assert edgernn("run", BUNDLE, "I see bread.\nYou have water!", "--stream") == (
        0,
        "Yo veo pan.\nT\u00fa tengo agua!\n",
        "",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x", "--beams", "0"), "beams must be a whole number"),
        (("x", "--beams", "4", "--n-best", "5"), "n_best (5) must not exceed beams (4)"),
        (("x", "--temperature", "1"), "--temperature: for language models only"),
        (("x", "--stream", "--json"), "leave --json"),
        (("x", "--stream", "--beams", "4"), "leave beams out"),
        (("x", "--coverage-penalty", "nan"), "coverage_penalty must lie between"),
        (("x", "--html", "page.html"), "not a tagger"),
    ],
)
def test_bad_usage(words, said):
    status, out, err = edgernn("run", BUNDLE, *words)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_bad_bytes_are_named():
    status, _, err = edgernn("run", BUNDLE, stdin=b"I see bread.\n\xff\xfe\n")
    assert status == 2
    assert "standard input line 2: not UTF-8 (byte 1)" in err


def test_options_of_translators_are_for_translators():
    status, _, err = edgernn("run", str(FIXTURES / "words.tflite"), "x", "--n-best", "2")
    assert (status, "not a translator: --n-best" in err) == (2, True)
    status, _, err = edgernn("eval", str(FIXTURES / "words.tflite"), "--data", "x.txt", "--beams", "2")
    assert (status, "not a translator" in err) == (2, True)


@pytest.fixture
def pairs(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_text("I see bread.\tYo veo pan.\nYou have water!\tT\u00fa tengo agua!\nI see rice.\tNada.\n", "utf-8")
    return file


def test_eval_scores_by_sacrebleu(pairs):
    sacrebleu = pytest.importorskip("sacrebleu")
    status, out, _ = edgernn("eval", BUNDLE, "--data", str(pairs), "--json")
    found = json.loads(out)
    assert status == 0
    expected = sacrebleu.corpus_bleu(
        ["Yo veo pan.", "T\u00fa tengo agua!", "Yo veo arroz."], [["Yo veo pan.", "T\u00fa tengo agua!", "Nada."]]
    )
    assert found["bleu"] == pytest.approx(expected.score)
    assert (found["sentences"], found["words"], found["beams"]) == (3, 9, 4)
    assert found["scope"] == "the sentences of pairs.tsv"
    assert "version" in found["bleu_signature"]
    status, out, _ = edgernn("eval", BUNDLE, "--data", str(pairs), "--limit", "2", "--beams", "1")
    assert status == 0
    assert out.startswith("2 sentences: evenly out of the sentences of pairs.tsv\nBLEU 100.00")


def test_eval_with_bad_data(tmp_path, pairs):
    for words, said in (
        (("--data", str(tmp_path / "none.tsv")), "none.tsv"),
        (("--data", str(pairs), "--limit", "0"), "--limit must be 1 or more"),
        (("--data", str(pairs), "--beams", "0"), "beams must be"),
    ):
        status, out, err = edgernn("eval", BUNDLE, *words)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_info_selftest_and_bench():
    status, out, _ = edgernn("info", BUNDLE)
    assert status == 0
    assert "encode_16, encode_8, step_16, step_16_b4, step_8, step_8_b4 (lowering: encode_step)" in out
    assert edgernn("selftest", BUNDLE)[0] == 0
    status, out, _ = edgernn("bench", BUNDLE, "--seconds", "0.01", "--json")
    found = json.loads(out)
    assert status == 0
    assert [one["name"] for one in found["signatures"]][:3] == ["encode_16", "encode_8", "step_16"]
    assert all(one["p50"] > 0 for one in found["signatures"])
    assert found["profiled"] == "step_16"
