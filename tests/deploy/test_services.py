"""What systemd is asked for, with a systemd that only listens; and a device where everything is real."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from deploy.device import Device, sha
from deploy.spoil import spoiled_graph, spoiled_values

from edgernn.devices.deploy.device import services
from edgernn.devices.deploy.device.faults import Fault
from edgernn.devices.deploy.device.place import Place
from edgernn.devices.deploy.device.programs import Ended
from edgernn.edge_runtime.cli.main import main

SETTINGS = {"kind": "user", "port": 8081, "command": ["/opt/e/bin/edgernn", "serve", "x"], "generation": "1"}


@pytest.fixture
def systemd(monkeypatch):
    """Records calls; answers by their first word that is no option."""
    calls, answers = [], {}

    def run(command, seconds):
        calls.append(" ".join(command))
        verb = next(word for word in command[1:] if not word.startswith("-") and word not in ("systemctl", "n"))
        return Ended(*answers.get(verb, (0, "", "")))

    monkeypatch.setattr(services, "run", run)
    monkeypatch.setattr(services, "_LOOK_EVERY", 0.0)
    return calls, answers


@pytest.fixture
def place(tmp_path):
    made = Place(str(tmp_path / "models"), "spam")
    made.versions_folder.mkdir(parents=True)
    return made


def test_a_users_unit_is_written_enabled_and_restarted(systemd, place, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    calls, answers = systemd
    service = services.open_service("user", place, "")
    service.configure(SETTINGS)
    unit = tmp_path / "config" / "systemd" / "user" / "edgernn@spam.service"
    assert 'ExecStart="/opt/e/bin/edgernn" "serve" "x"' in unit.read_text().splitlines()
    service.restart()
    service.configure(SETTINGS)
    name = "edgernn@spam.service"
    enabled = f"systemctl --user enable --quiet {name}"
    assert calls == [
        "systemctl --user daemon-reload",
        enabled,
        f"systemctl --user reset-failed {name}",
        f"systemctl --user restart --no-block {name}",
        enabled,
    ]
    answers["enable"] = (1, "", "Failed to connect to bus")
    with pytest.raises(Fault, match=f"^systemctl --user enable --quiet {name}: Failed to connect to bus$"):
        service.configure(SETTINGS)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("ActiveState=activating\nNRestarts=1\n", ""),
        ("ActiveState=active\nNRestarts=0\n", ""),
        ("ActiveState=activating\nNRestarts=2\n", "edgernn serve: port 8080 is taken"),
        ("ActiveState=failed\nNRestarts=0\n", "edgernn serve: port 8080 is taken"),
    ],
)
def test_a_unit_that_ends_again_and_again_is_given_up(systemd, place, monkeypatch, state, told):
    journal = "Started.\nedgernn serve: port 8080 is taken\nMain process exited\n"

    def run(command, seconds):
        return Ended(0, journal if command[0] == "journalctl" else state, "")

    monkeypatch.setattr(services, "run", run)
    assert services.UserUnit(place).trouble() == told


def test_a_user_that_may_not_linger_is_told_what_to_type(systemd, place):
    _, answers = systemd
    service = services.UserUnit(place)
    answers["show-user"] = (0, "Linger=no\n", "")
    assert "sudo loginctl enable-linger $USER" in service.advice()
    answers["show-user"] = (0, "Linger=yes\n", "")
    assert service.advice() == ""


def test_the_systems_unit_reads_its_port(systemd, place, tmp_path, monkeypatch):
    calls, _ = systemd
    service = services.open_service("system", place, "")
    monkeypatch.setattr(services, "_SYSTEM_UNIT", tmp_path / "edgernn@.service")
    with pytest.raises(Fault, match=r"see devices/raspberry_pi/README\.md"):
        service.configure(SETTINGS)
    (tmp_path / "edgernn@.service").write_text("")
    service.configure({**SETTINGS, "command": ["edgernn", "serve", "spam=x", "--port", "8081", "--threads", "2"]})
    told = (place.folder / "service.env").read_text()
    assert told == "EDGERNN_PORT=8081\nEDGERNN_OPTIONS=--threads 2\n"
    service.stop()
    assert calls[-1] == "sudo -n systemctl disable --now edgernn@spam.service"


@pytest.mark.parametrize(
    ("failures", "last", "given_up"),
    [
        (0, "killed by signal 11", False),
        (1, "killed by signal 11", True),
        (1, "killed by signal 9", False),
        (2, "killed by signal 9", True),
        (1, "edgernn serve: port 8080 is taken", False),
        (2, "edgernn serve: port 8080 is taken", True),
    ],
)
def test_a_crash_is_given_up_at_once_what_may_be_chance_after_the_second_time(place, failures, last, given_up):
    service = services.open_service("supervisor", place, "text")
    service.configure({**SETTINGS, "generation": "now"})
    told = {"generation": "now", "child": 0, "failures": failures, "last": last}
    (place.folder / "supervisor.json").write_text(json.dumps(told), encoding="utf-8")
    assert service.trouble() == (last if given_up else "")
    (place.folder / "supervisor.json").write_text(json.dumps({**told, "generation": "before"}), encoding="utf-8")
    assert service.trouble() == ""


def test_what_is_taken_where_nothing_is_chosen(place, monkeypatch):
    for has, kind in ((True, "user"), (False, "supervisor")):
        monkeypatch.setattr(services, "has_user_systemd", lambda has=has: has)
        assert services.open_service("auto", place, "").kind == kind


def test_the_real_commands_serve_and_refuse(float_bundle, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    device = Device(tmp_path, Path(sys.executable).parent / "edgernn")
    options = ("--root", str(device.root), "--name", "model", "--port", str(device.port))
    options = (*options, "--edgernn", str(device.edgernn), "--service", "supervisor", "--json")
    bad = {"values.tflite": spoiled_values, "graph.tflite": spoiled_graph}
    try:
        assert main(["deploy", str(float_bundle), "local", *options]) == 0
        done = json.loads(capsys.readouterr().out)["hosts"][0]
        assert (done["status"], done["selftest"].split()[0]) == (0, "20")
        good = sha(float_bundle.read_bytes())
        assert device.current() == device.served() == good
        for name, spoil in bad.items():
            (tmp_path / name).write_bytes(spoil(float_bundle))
            assert main(["deploy", str(tmp_path / name), "local", *options]) == 1
            told = capsys.readouterr()
            assert told.err.startswith("edgernn deploy: local: self-test on the device ")
            assert json.loads(told.out)["hosts"][0]["status"] == 1
            assert device.current() == device.served() == good
        assert device.leftovers() == []
    finally:
        device.close()
