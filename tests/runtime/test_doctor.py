"""What the doctor says of boards, by files like theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import FIXTURES

from edgernn.edge_runtime.board import Board, problems_of, read_board
from edgernn.edge_runtime.doctor import diagnose

CPUINFO = FIXTURES.parent / "pi" / "cpuinfo"
FINE = Board("Raspberry Pi 4 Model B Rev 1.4", "Debian 12", 64, "aarch64", 51.1, (), 3108)


def pi(root: Path, throttled: str = "0", millidegrees: str = "51121") -> Path:
    """The files of a Raspberry Pi 4 that the doctor reads."""
    files = {
        "proc/device-tree/model": "Raspberry Pi 4 Model B Rev 1.4\0",
        "proc/cpuinfo": (CPUINFO / "pi4.txt").read_text(encoding="utf-8"),
        "proc/meminfo": "MemTotal: 3885000 kB\nMemFree: 900 kB\nMemAvailable: 3108000 kB\n",
        "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
        "sys/class/thermal/thermal_zone0/temp": f"{millidegrees}\n",
        "sys/devices/platform/soc/soc:firmware/get_throttled": f"{throttled}\n",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_a_board_by_its_files(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    found = diagnose(pi(tmp_path))
    assert found.board == replace(FINE, release="Debian GNU/Linux 12 (bookworm)", temperature=51.121)
    assert found.profile == "pi4"
    assert found.problems == ()
    expected = {
        "board": "Raspberry Pi 4 Model B Rev 1.4",
        "profile": "pi4: edgernn convert --target pi4",
        "release": "Debian GNU/Linux 12 (bookworm)",
        "userland": "64-bit",
        "processor": "Raspberry Pi 4 Model B Rev 1.4",
        "instructions": "asimd",
        "threads": "2 for one model",
        "temperature": "51.1 C",
        "throttling": "none",
        "memory": "3.1 GB free of 3.9 GB",
    }
    assert {name: found.system[name] for name in expected} == expected
    document = json.loads(json.dumps(found.to_dict()))
    assert document["board"]["temperature"] == 51.121
    assert {"system", "engines", "chosen", "packages", "problems"} <= document.keys()


def test_cores_without_lse_are_told_of_the_gpu(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    monkeypatch.setattr("edgernn.edge_runtime.engines.gpu_shield._CPUINFO", CPUINFO / "pi4.txt")
    assert "kept out" in diagnose(pi(tmp_path)).system["gpu"]
    monkeypatch.setattr("edgernn.edge_runtime.engines.gpu_shield._CPUINFO", CPUINFO / "pi5.txt")
    assert "gpu" not in diagnose(pi(tmp_path)).system


def test_a_machine_that_is_no_board(tmp_path):
    found = read_board(tmp_path)
    assert (found.name, found.release, found.temperature, found.throttling, found.free_mb) == ("", "", None, (), None)
    assert found.profile is None
    assert problems_of(found, True) == []


@pytest.mark.parametrize(
    ("flags", "phrases"),
    [
        ("0", ()),
        ("0x0", ()),
        ("1", ("under-voltage now",)),
        ("50005", ("under-voltage now", "throttled now")),
        ("0x50000", ("under-voltage since the start", "throttled since the start")),
        ("80008", ("soft temperature limit now",)),
        ("e0002", ("frequency capped now", "throttled since the start", "soft temperature limit since the start")),
        ("nonsense", ()),
    ],
)
def test_the_firmwares_flags_in_words(flags, phrases, tmp_path):
    assert read_board(pi(tmp_path, throttled=flags)).throttling == phrases


PROBLEMS = [
    (FINE, True, []),
    (FINE, False, []),
    (replace(FINE, throttling=("under-voltage now",)), True, ["another power supply"]),
    (replace(FINE, throttling=("throttled since the start",)), True, ["a heat sink or a fan"]),
    (replace(FINE, temperature=79.9), True, []),
    (replace(FINE, temperature=82.4), True, ["the processor has 82 C, and slows down from 80 on"]),
    (replace(FINE, free_mb=99), True, ["99 MB of memory are free: stop other programs"]),
    (
        replace(FINE, name="Raspberry Pi Zero W Rev 1.1", bits=32, kernel="armv6l"),
        False,
        ["no engine is made for Armv6"],
    ),
    (replace(FINE, bits=32), False, ["pip install tflite-runtime==2.14.0, then edgernn with --no-deps"]),
    (replace(FINE, bits=32, kernel="armv7l"), False, []),
    (replace(FINE, bits=32), True, []),
]


@pytest.mark.parametrize(("board", "runs", "parts"), PROBLEMS)
def test_what_is_wrong_and_what_to_do(board, runs, parts, monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 11, 2, "final", 0))
    found = problems_of(board, runs)
    assert len(found) == len(parts)
    for problem, part in zip(found, parts, strict=True):
        assert part in problem


def test_32_bit_trixie_has_no_engine(monkeypatch):
    monkeypatch.setattr("sys.version_info", (3, 13, 5, "final", 0))
    monkeypatch.setattr("platform.python_version", lambda: "3.13.5")
    (problem,) = problems_of(replace(FINE, bits=32, kernel="armv7l"), False)
    assert problem.startswith("no engine is made for 32-bit Arm and Python 3.13.5: take Bookworm (Python 3.11)")
    assert problems_of(replace(FINE, bits=64), False) == []


def test_what_rules_the_board_out_is_said_first(tmp_path, monkeypatch, capsys):
    from edgernn.edge_runtime.cli import main as cli

    monkeypatch.setattr(cli, "quiet_native_logs_for_good", lambda: None)
    monkeypatch.setattr("edgernn.edge_runtime.engines.compiled_model.has_module", lambda name: False)
    monkeypatch.setattr("edgernn.edge_runtime.engines.interpreter.has_module", lambda name: False)
    monkeypatch.setattr("platform.machine", lambda: "armv6l")
    monkeypatch.setattr("edgernn.edge_runtime.board.struct.calcsize", lambda form: 4)
    assert cli.main(["doctor"]) == 1
    problems = [line for line in capsys.readouterr().out.splitlines() if line.startswith("problem: ")]
    assert problems[0].startswith("problem: no engine is made for Armv6")
    assert len(problems) == 4
