"""How a deployed model is served: host, token and other options, kept and changed."""

from __future__ import annotations

import json
import stat

import pytest
from deploy.device import sha

from edgernn.devices.deploy.device import serving
from edgernn.edge_runtime.cli.main import main

TOKEN, OTHER = "sixteen-letters-or-more", "another-token-of-this-kind"


def told(device):
    return json.loads((device.place.folder / "service.json").read_text(encoding="utf-8"))


def tokens(device):
    return sorted(device.place.folder.glob("token*"))


def test_options_reach_the_server_and_stay_until_they_are_changed(device):
    assert device.deploy(b"good 1", options={"threads": "2", "workers": "3"}).status == 0
    words = ["--port", str(device.port), "--threads", "2", "--workers", "3"]
    assert told(device)["command"][3:] == words
    assert device.deploy(b"good 2").status == 0
    assert told(device)["command"][3:] == words
    assert device.deploy(b"good 2", options={"workers": "1"}).status == 0
    assert told(device)["command"][3:] == [*words[:-1], "1"]
    assert device.roll_back().status == 0
    assert told(device)["command"][3:] == [*words[:-1], "1"]
    assert device.served() == sha(b"good 1")


def test_a_token_is_for_the_servers_user_alone_and_stands_on_no_command_line(device):
    assert device.deploy(b"good 1", options={"host": "0.0.0.0"}, token=TOKEN).status == 0
    (file,) = tokens(device)
    assert file.read_text(encoding="ascii") == TOKEN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told(device)["command"][-2:] == ["--token-file", str(file)]
    others = [one for one in device.place.folder.iterdir() if one.is_file() and one != file]
    assert not [one for one in others if TOKEN in one.read_text(encoding="utf-8", errors="replace")]
    # The same one again changes nothing; another one takes its place.
    assert device.deploy(b"good 1", token=TOKEN).found["unchanged"] is True
    assert tokens(device) == [file]
    assert device.deploy(b"good 1", token=OTHER).status == 0
    (second,) = tokens(device)
    assert second != file
    assert second.read_text(encoding="ascii") == OTHER
    assert device.deploy(b"good 1", options={"host": "127.0.0.1"}, token="").status == 0
    assert tokens(device) == []
    assert "--token-file" not in told(device)["command"]


def test_what_fails_leaves_options_and_token_as_they_were(device):
    device.deploy(b"good 1", options={"threads": "2"}, token=TOKEN)
    before, (file,) = told(device), tokens(device)
    done = device.deploy(b"dies 2", options={"threads": "4"}, token=OTHER)
    assert done.status == 1
    assert "rolled back" in done.reason
    assert {**told(device), "generation": ""} == {**before, "generation": ""}
    assert tokens(device) == [file]
    assert device.served() == sha(b"good 1")


def test_what_is_refused_writes_nothing(device):
    done = device.deploy(b"good 1", options={"host": "0.0.0.0"})
    assert (done.status, done.reason) == (
        2,
        "--host 0.0.0.0: other machines could connect: give --token-file FILE too",
    )
    done = device.deploy(b"good 1", options={"threads": "1; reboot"})
    assert (done.status, done.reason) == (2, "--threads 1; reboot: no option for the server")
    assert not device.root.exists()


@pytest.mark.parametrize(
    ("lacks", "told"),
    [
        (
            'needs starlette, which is not installed: pip install "edgernn[serve]"',
            "needs starlette, which is not installed: type there: {pip} install starlette uvicorn",
        ),
        (
            "is not in the runtime's own wheel, which is what is installed: pip install edgernn",
            "the runtime's own wheel, which cannot serve: see devices/raspberry_pi/README.md",
        ),
    ],
)
def test_a_board_that_cannot_serve_is_told_what_to_type(device, monkeypatch, lacks, told):
    monkeypatch.setenv("STANDIN_LACKS", lacks)
    done = device.deploy(b"good 1")
    assert done.status == 2
    assert told.format(pip=device.edgernn.parent / "pip") in done.reason
    # On 32 bits pip would look for an engine that has no wheel.
    assert "edgernn[serve]" not in done.reason


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        (None, "127.0.0.1:9"),
        ("0.0.0.0", "127.0.0.1:9"),
        ("::", "[::1]:9"),
        ("::1", "[::1]:9"),
        ("10.0.0.7", "10.0.0.7:9"),
    ],
)
def test_where_health_is_asked(host, asked):
    assert serving.address({"port": 9, "options": {"host": host} if host else {}}) == asked
    if host is None:
        assert serving.address({"port": 9}) == asked


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--serve-option", "threads"],
            "--serve-option 'threads': write KEY=VALUE, where KEY is one of threads, workers",
        ),
        (["--serve-option", "port=1"], "--serve-option 'port=1': write KEY=VALUE"),
        (["--serve-option", "threads=many"], "argument --threads: "),
        (["--token-file", "no-such-file"], "no-such-file: No such file"),
        (["--token-file", "x", "--no-token"], "--token-file and --no-token exclude each other"),
        (["--rollback", "--name", "m", "--host", "::"], "--host goes with a bundle: deploy it again"),
    ],
)
def test_bad_usage_is_one_line(words, message, int8_bundle, capsys, monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    assert main(["deploy", str(int8_bundle), "pi@x", *words]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert shown.startswith(f"edgernn deploy: {message}")
