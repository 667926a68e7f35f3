"""Whatever happens to the child process becomes one clear error."""

from __future__ import annotations

import sys

import keras
import pytest
from keras import layers

from edgernn.convert import ConversionError
from edgernn.convert.child import run_child
from edgernn.convert.request import Request
from edgernn.convert.supervised import run_supervised


def request(model: str) -> Request:
    return Request(model, "float32", "litert", "auto", False, 32)


def child(code: str):
    preamble = "import sys, os, signal, pathlib, time; folder = pathlib.Path(sys.argv[1])\n"
    return lambda folder: [sys.executable, "-c", preamble + code, str(folder)]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the converter crashed with SIGSEGV while starting"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "crashed with SIGKILL (out of memory?) while starting"),
        (
            "(folder / 'stage.txt').write_text('quantizing'); os.abort()",
            "the converter crashed with SIGABRT while quantizing",
        ),
        ("sys.exit('first line\\nlast line')", "the converter failed while starting: last line"),
        ("pass", "the converter failed while starting: no message"),
        ("time.sleep(60)", "the converter took longer than 1 s while starting"),
    ],
)
def test_crashes_are_told_in_one_sentence(code, fault):
    with pytest.raises(ConversionError) as caught:
        run_child(request("none.keras"), [], timeout_s=1.0, command=child(code))
    assert fault in str(caught.value)


def test_every_reason_of_the_child_arrives():
    code = '(folder / \'failure.json\').write_text(\'{"reasons": ["one", "two"]}\'); sys.exit(1)'
    with pytest.raises(ConversionError) as caught:
        run_child(request("none.keras"), [], command=child(code))
    assert caught.value.reasons == ("one", "two")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a model", b"\x89HDF\r\n\x1a\n"])
def test_files_that_keras_cannot_load(tmp_path, content):
    file = tmp_path / "broken.keras"
    file.write_bytes(content)
    with pytest.raises(ConversionError, match=r"broken\.keras cannot be loaded by Keras 3"):
        run_child(request(str(file)), [])


def test_code_in_a_file_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    marker = tmp_path / "ran"
    model = keras.Sequential(
        [keras.Input((4, 2)), layers.Lambda(lambda x: __import__("pathlib").Path("ran").touch() or x), layers.LSTM(3)]
    )
    file = tmp_path / "lambda.keras"
    model.save(file)
    marker.unlink()  # building the model ran it once
    with pytest.raises(ConversionError, match="Lambda"):
        run_child(request(str(file)), [])
    assert not marker.exists()


def test_too_much_memory_ends_the_child(monkeypatch):
    monkeypatch.setattr("edgernn.convert.supervised.memory_limit", lambda: 100_000_000)
    with pytest.raises(ConversionError, match=r"took more than 0\.1 GB of memory while starting"):
        run_child(request("none.keras"), [], command=child("block = bytearray(200_000_000); time.sleep(60)"))


def test_a_crash_of_the_runtime_is_told_too(tmp_path):
    (tmp_path / "stage.txt").write_text("running the converted model with litert-compiled")
    with pytest.raises(ConversionError) as caught:
        run_supervised(child("os.abort()")(tmp_path), tmp_path, 9.0, "the runtime", "tried.json")
    assert "the runtime crashed with SIGABRT while running the converted model with litert-compiled" in str(
        caught.value
    )
    assert "another --quantize or --lowering may avoid it" in str(caught.value)
