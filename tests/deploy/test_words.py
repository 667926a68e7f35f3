"""What users type, what is sent, and the unit files."""

from __future__ import annotations

import ast
import shutil
import subprocess
from pathlib import Path

import pytest

from edgernn.devices.deploy import pack
from edgernn.devices.deploy.device.units import unit_text
from edgernn.devices.deploy.hosts import Host, parse_host
from edgernn.devices.deploy.remote import ask
from edgernn.devices.deploy.transport import Ended, Local, Ssh
from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.errors import InputError

ROOT = Path(__file__).parents[2]
DEVICE = ROOT / "devices" / "deploy" / "device"


@pytest.mark.parametrize(
    ("text", "target", "port"),
    [
        ("pi@raspberrypi.local", "pi@raspberrypi.local", None),
        ("pi@10.0.0.7:2222", "pi@10.0.0.7", 2222),
        ("kitchen", "kitchen", None),
        ("pi@[fe80::1%eth0]:22", "pi@fe80::1%eth0", 22),
        ("j-d@kitchen", "j-d@kitchen", None),
    ],
)
def test_devices(text, target, port):
    assert parse_host(text) == Host(text, target, port)


@pytest.mark.parametrize(
    "text", ["", "-oProxyCommand=x", "pi@-x", "-l@x", "pi@x y", "pi@x:99999", "pi@x:0", "a@b@c", "x;y"]
)
def test_what_is_no_device(text):
    with pytest.raises(InputError, match="is no device: write USER@HOST"):
        parse_host(text)


def test_the_command_line_of_ssh():
    command = Ssh(parse_host("pi@kitchen:2222"), ["StrictHostKeyChecking=yes"])._command
    assert command[:3] == ["ssh", "-o", "StrictHostKeyChecking=yes"]
    assert command[-4:] == ["-p", "2222", "--", "pi@kitchen"]
    assert "BatchMode=yes" in command


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{bundle}"], "where to? edgernn deploy {bundle} USER@HOST"),
        (["status"], "status takes devices"),
        (["--rollback", "pi@x"], "--rollback: which model? give --name (edgernn deploy list HOST shows those there)"),
        (["{bundle}", "pi@x", "pi@x"], "a device is named twice"),
        (
            ["{bundle}", "pi@x", "--name", "a/b"],
            "'a/b' cannot be a model's name: letters, digits and . _ - are allowed",
        ),
        (["{bundle}", "pi@x", "--port", "70000"], "--port must lie between 0 and 65535, not 70000"),
        (["{bundle}", "pi@x", "--keep", "0"], "--keep must lie between 1 and 1000, not 0"),
        (["{bundle}", "pi@x", "--timeout", "nan"], "--timeout must lie between 1 and 3600, not nan"),
        (["{bundle}", "pi@x", "--ssh-option", "-v"], "--ssh-option: expected one argument"),
        (["{bundle}", "pi@x", "--ssh-option=-v"], "--ssh-option '-v': write KEY=VALUE"),
        (["nowhere.tflite", "pi@x"], "nowhere.tflite: no such file"),
    ],
)
def test_bad_usage_is_one_line(words, told, int8_bundle, capsys, monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    given = [word.format(bundle=int8_bundle) for word in words]
    try:
        status = main(["deploy", *given])
    except SystemExit as error:
        status = error.code
    shown = capsys.readouterr().err
    assert status == 2
    assert shown.count("\n") == 1
    assert shown.removeprefix("edgernn deploy: ").removeprefix("argument ").startswith(told.format(bundle=int8_bundle))


def test_what_runs_on_a_device_is_the_standard_library_and_python_3_9():
    sent = [f"{name}.py" for name in pack._MODULES]
    found = sorted(path.name for path in DEVICE.glob("*.py"))
    assert sorted([*sent, "__init__.py", "supervisor.py"]) == found
    for name in found:
        tree = ast.parse((DEVICE / name).read_text(encoding="utf-8"), feature_version=(3, 9))
        for node in ast.walk(tree):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.startswith("edgernn"):
                assert module.startswith("edgernn.devices.deploy.device")
                assert name != "supervisor.py"


SHELLS = [path for name in ("sh", "bash", "dash", "zsh", "fish", "csh") if (path := shutil.which(name))]


@pytest.mark.parametrize("path", SHELLS)
def test_every_shell_takes_the_command_as_it_is(path):
    text = b"print('it is', s.read())"
    given = b"%d\n%s$HOME `x` 'y'" % (len(text), text)
    done = subprocess.run([path, "-c", pack.COMMAND], input=given, capture_output=True, check=True)
    assert done.stdout.decode() == f"it is {b'''$HOME `x` 'y' '''[:-1]!r}\n"


class Says:
    """A device that answers with these lines."""

    def __init__(self, lines, status=0, complaints=()):
        self._lines, self._ended = lines, Ended(status, complaints)

    def run(self, command, stdin, on_line, seconds):
        b"".join(stdin)
        for line in self._lines:
            on_line(line)
        return self._ended


def test_what_a_login_shell_prints_is_no_answer():
    lines = [
        "Welcome!",
        'edgernn-deploy:{"step": "one"}',
        "noise edgernn-deploy:[",
        'x\x07edgernn-deploy:{"outcome": 0, "a": 1}',
    ]
    steps = []
    done = ask(parse_host("pi@x"), Says(lines), {"name": "\u00e9 ' $x"}, 1.0, on_step=steps.append)
    assert (done.status, done.found, steps) == (0, {"a": 1}, ["one"])


@pytest.mark.parametrize(
    ("status", "complaints", "told"),
    [
        (127, ("sh: python3: not found",), "there is no python3 on it: sudo apt install python3"),
        (255, ("ssh: connect to host x port 22: No route to host",), "cannot connect: ssh: connect to host x port 22"),
        (None, (), "no answer within 1 s; what has begun goes on there, or back: see edgernn deploy status"),
        (137, (), "the program on the device ended with status 137: it said nothing"),
    ],
)
def test_no_answer(status, complaints, told):
    done = ask(parse_host("pi@x"), Says([], status, complaints), {}, 1.0)
    assert done.status == 2
    assert done.reason.startswith(told)


def test_a_client_that_is_not_installed():
    done = ask(parse_host("pi@x"), Ssh(parse_host("pi@x"), program="no-such-ssh"), {}, 1.0)
    assert (done.status, done.reason) == (2, "no-such-ssh is not installed here: install OpenSSH's client")


def test_a_device_that_says_nothing_is_given_up():
    ended = Local().run("exec sleep 30", [b""], lambda line: None, 0.2)
    assert ended == Ended(None, ())


UNIT = unit_text(
    "spam-2.x", Path("/srv/edge"), ["/bin/true", "serve", "spam-2.x=/srv/edge/spam-2.x/current/100%$x.tflite"]
)


def test_the_unit_is_hardened():
    lines = UNIT.splitlines()
    for line in (
        *("Type=notify", "Restart=on-failure", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes"),
        *("ReadOnlyPaths=/srv/edge", "MemoryMax=75%", "WatchdogSec=60"),
        'ExecStartPre=-+"/usr/bin/python3" "/srv/edge/spam-2.x/supervisor.py" "/srv/edge/spam-2.x" starting',
        'ExecStartPost=-+"/usr/bin/python3" "/srv/edge/spam-2.x/supervisor.py" "/srv/edge/spam-2.x" started',
        'ExecStart="/bin/true" "serve" "spam-2.x=/srv/edge/spam-2.x/current/100%%$$x.tflite"',
    ):
        assert line in lines


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here: apt-get install systemd")
@pytest.mark.parametrize("which", ["user", "system"])
def test_systemd_understands_every_line(which, tmp_path):
    if which == "user":
        path, text = tmp_path / "edgernn@spam-2.x.service", UNIT
    else:
        template = (ROOT / "devices" / "raspberry_pi" / "edgernn@.service").read_text(encoding="utf-8")
        path, text = tmp_path / "edgernn@.service", template.replace("/opt/edgernn/bin/edgernn", "/bin/true")
        assert text != template
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, encoding="utf-8", check=False)
    complaints = [line for line in done.stderr.splitlines() if path.name in line or "edgernn" in line]
    assert complaints == []
    bad = path.with_name("bad@.service")
    bad.write_text(text.replace("ProtectSystem=strict", "ProtectSystem=perhaps"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(bad)], capture_output=True, encoding="utf-8", check=False)
    assert "Failed to parse protect system value" in done.stderr
