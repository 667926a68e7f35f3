"""Over a real OpenSSH server on loopback, with host key, user key, known hosts and home of its own."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from deploy.device import Device, free_port, install_standin

from edgernn.devices.deploy.device import health
from edgernn.devices.deploy.device.place import Place
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.cli.main import main

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh-keygen") is None,
    reason="no OpenSSH server here: apt-get install openssh-server",
)


class Server:
    """A device that is reached by SSH; its home is `folder`/home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.port = folder, folder / "home", free_port()
        self.web_port = free_port()
        self.host = f"{getpass.getuser()}@127.0.0.1:{self.port}"
        self.home.mkdir()
        install_standin(self.home / "edgernn" / "bin")
        for key in ("host", "user", "stranger"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
            subprocess.run(command, check=True)
        shutil.copy(folder / "user.pub", folder / "authorized")
        public = (folder / "host.pub").read_text().split()[:2]
        (folder / "known").write_text(f"[127.0.0.1]:{self.port} {' '.join(public)}\n")
        (folder / "empty").write_text("")
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        if os.geteuid() == 0:  # where the distribution has it made at boot
            Path("/run/sshd").mkdir(exist_ok=True)
        settings = {
            "ListenAddress": "127.0.0.1",
            "Port": self.port,
            "HostKey": self.folder / "host",
            "AuthorizedKeysFile": self.folder / "authorized",
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "prohibit-password",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "SetEnv": f"HOME={self.home} PATH=/usr/bin:/bin",
        }
        config = self.folder / "sshd_config"
        config.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        log = self.folder / "sshd.log"
        process = subprocess.Popen([str(SSHD), "-D", "-f", str(config), "-E", str(log)])
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return process
            time.sleep(0.05)
        raise AssertionError(log.read_text())

    def words(self, known="known", key="user"):
        options = (
            f"UserKnownHostsFile={self.folder / known}",
            "GlobalKnownHostsFile=/dev/null",
            f"IdentityFile={self.folder / key}",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
        )
        return [word for option in options for word in ("--ssh-option", option)]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("sshd"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _terminal(monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)


def test_deploy_status_list_and_rollback(server, int8_bundle, float_bundle, capsys):
    place = Place(str(server.home / ".local" / "share" / "edgernn"), "topics")
    options = [*server.words(), "--name", "topics", "--port", str(server.web_port), "--json"]
    gone = f"{server.host.rpartition(':')[0]}:{free_port()}"
    try:
        for bundle in (float_bundle, int8_bundle):
            assert main(["deploy", str(bundle), server.host, *options]) == 0, capsys.readouterr()
        first, second = (read_bundle(bundle).sha256 for bundle in (float_bundle, int8_bundle))
        capsys.readouterr()
        assert place.current().sha256 == second == health.hash_of(health.ask(f"127.0.0.1:{server.web_port}"), "topics")
        # One device of two cannot be reached.
        assert main(["deploy", str(int8_bundle), server.host, gone, *options]) == 2
        told = capsys.readouterr()
        rows = json.loads(told.out)["hosts"]
        assert [(row["host"], row["status"]) for row in rows] == [(server.host, 0), (gone, 2)]
        assert rows[0]["unchanged"] is True
        assert told.err.startswith(f"edgernn deploy: {gone}: cannot connect: ")
        assert told.err.count("\n") == 1
        assert main(["deploy", "status", server.host, *server.words()]) == 0
        assert capsys.readouterr().out.splitlines()[1].split()[1:3] == ["topics", "serving"]
        assert main(["deploy", "--rollback", server.host, *options]) == 0
        capsys.readouterr()
        assert place.current().sha256 == first == health.hash_of(health.ask(f"127.0.0.1:{server.web_port}"), "topics")
        assert main(["deploy", "list", server.host, *server.words(), "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)["hosts"][0]["models"][0]["versions"]
        assert [(row["sha256"], row["current"]) for row in listed] == [(first, True), (second, False)]
    finally:
        stop = Device.__new__(Device)
        stop.place = place
        stop.close()


def test_a_host_key_that_is_not_known(server, int8_bundle, capsys):
    assert main(["deploy", str(int8_bundle), server.host, *server.words(known="empty")]) == 2
    told = capsys.readouterr()
    user = server.host.rpartition(":")[0]
    why = f"its host key is not known here: connect once by hand and compare it: ssh -p {server.port} {user}"
    assert told.err == f"edgernn deploy: {server.host}: {why}\n"
    assert told.out == ""
    assert (server.folder / "empty").read_text() == ""


def test_a_host_key_that_has_changed(server, int8_bundle, capsys):
    public = (server.folder / "stranger.pub").read_text().split()[:2]
    (server.folder / "changed").write_text(f"[127.0.0.1]:{server.port} {' '.join(public)}\n")
    assert main(["deploy", str(int8_bundle), server.host, *server.words(known="changed")]) == 2
    assert ": its host key is not the one that is known: " in capsys.readouterr().err


def test_a_key_that_the_device_does_not_know(server, int8_bundle, capsys):
    assert main(["deploy", str(int8_bundle), server.host, *server.words(key="stranger")]) == 2
    user = server.host.rpartition(":")[0]
    why = f"it does not let us in: no key that it knows: ssh-copy-id -p {server.port} {user}"
    assert capsys.readouterr().err == f"edgernn deploy: {server.host}: {why}\n"


def test_a_damaged_bundle_goes_nowhere(server, int8_bundle, tmp_path, capsys):
    data = bytearray(int8_bundle.read_bytes())
    data[1000] ^= 1
    bad = tmp_path / "bad.tflite"
    bad.write_bytes(data)
    assert main(["deploy", str(bad), server.host, *server.words(), "--name", "damaged"]) == 2
    assert "damaged (its SHA-256 does not match)" in capsys.readouterr().err
    assert not (server.home / ".local" / "share" / "edgernn" / "damaged").exists()
