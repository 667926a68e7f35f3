"""Arm cores without LSE: LiteRT's GPU library ends the process, and must not get in."""

from __future__ import annotations

import subprocess
import sys

import pytest
from conftest import FIXTURES

from edgernn.edge_runtime.engines import gpu_shield

CPUINFO = FIXTURES.parent / "pi" / "cpuinfo"
INT8 = str(FIXTURES / "tiny.int8.tflite")


@pytest.mark.parametrize(
    ("board", "machine", "dies"),
    [
        ("pi3", "aarch64", True),
        ("pi4", "aarch64", True),
        ("pi5", "aarch64", False),
        ("pi2", "armv7l", False),
        ("pi4", "x86_64", False),
        ("no such board", "aarch64", False),
    ],
)
def test_which_processors_need_it(board, machine, dies, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert gpu_shield.dies_of_gpu(CPUINFO / f"{board}.txt") is dies


def python(code: str) -> list[str]:
    """Lines that a process of its own prints: what is loaded stays loaded."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
    return done.stdout.splitlines()


AS_ON_A_PI_4 = (
    "import pathlib, platform\n"
    "platform.machine = lambda: 'aarch64'\n"
    "from edgernn.edge_runtime.engines import gpu_shield\n"
    f"gpu_shield._CPUINFO = pathlib.Path({str(CPUINFO / 'pi4.txt')!r})\n"
)
LOAD = (
    "from edgernn.edge_runtime import load\n"
    f"model = load({INT8!r})\n"
    "print(model.engine, model.classify('storm')[0].label)\n"
)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/maps")
@pytest.mark.parametrize("first", ["", "litert-interpreter"])
def test_no_gpu_library_is_loaded(first):
    before = f"from edgernn.edge_runtime import load\nload({INT8!r}, engine={first!r})\n" if first else ""
    shown = python(before + LOAD + "print('libLiteRtWebGpuAccelerator' in open('/proc/self/maps').read())")
    assert shown == ["litert-compiled weather", "False"]


def test_the_interpreter_serves_where_it_is_too_late():
    assert python("import ai_edge_litert.interpreter\n" + AS_ON_A_PI_4 + LOAD) == ["litert-interpreter weather"]
    assert python(AS_ON_A_PI_4 + LOAD) == ["litert-compiled weather"]


def test_the_interpreter_serves_where_no_folder_of_links_can_be_made():
    broken = "import tempfile\ntempfile.tempdir = '/no/such/folder'\n"
    assert python(AS_ON_A_PI_4 + broken + LOAD) == ["litert-interpreter weather"]
    assert python(broken + LOAD) == ["litert-compiled weather"]
