"""`edgernn serve` as a device runs it: a process of its own, real connections, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from command import edgernn
from serve.conftest import FIXTURES, events, until

from edgernn.edge_runtime.cli.main import main
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.options import ServeOptions, read_token
from edgernn.edge_runtime.serve.server import open_socket

WORDS, TINY, SENSOR = (str(FIXTURES / f"{name}.tflite") for name in ("words", "tiny.int8", "sensor"))
STREAM = {"prompt": "I want", "max_tokens": 4000, "temperature": 0, "stream": True}


@contextmanager
def serving(*words: str, models: int = 1, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str], list[str]]]:
    """A server at a free port: its address, process, and the lines that it says when it is ready."""
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "serve", *words, "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(models)]
        assert all(lines), process.communicate()
        yield re.findall(r"http://[^/\s]+", lines[0])[0], process, lines
    finally:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def number(url: str, name: str) -> float:
    text = httpx2.get(f"{url}/metrics").text
    return float(re.findall(rf"^{name} (\S+)$", text, re.MULTILINE)[0])


def test_what_is_under_way_is_answered_before_the_end(own):
    with serving(f"prose={WORDS}", TINY, models=2) as (url, process, lines):
        assert lines == [
            f"serving prose (lm) on {url}/v1/lm/complete\n",
            f"serving tiny.int8 (classify) on {url}/v1/classify\n",
        ]
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", url)
        with httpx2.stream("POST", f"{url}/v1/lm", json=STREAM, timeout=30) as response:
            chunks = response.iter_text()
            first = next(chunks)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            with pytest.raises(httpx2.ConnectError):
                httpx2.get(f"{url}/health")
            found = events(first + "".join(chunks))
        assert ended(process) == (0, "")
    wanted = own("words").generate("I want", max_tokens=4000, temperature=0)
    assert len(wanted) > 10_000
    parts = [json.loads(data)["text"] for name, data in found if not name]
    assert "".join(parts) == wanted
    assert found[-1] == ("done", json.dumps({"model": "prose", "text": wanted, "cut": False}, separators=(",", ":")))


def test_what_takes_too_long_is_not_waited_for():
    with serving(WORDS, "--timeout", "1.5") as (url, process, _):
        body = {**STREAM, "max_tokens": 1_000_000}
        with httpx2.stream("POST", f"{url}/v1/lm", json=body, timeout=30) as response:
            chunks = response.iter_text()
            first = next(chunks)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            found = events(first + "".join(chunks))
        assert ended(process) == (0, "")
        assert time.monotonic() - began < 10
    assert json.loads(found[-1][1])["cut"] is True


def test_a_client_that_goes_leaves_nothing_behind():
    with serving(WORDS, "--timeout", "120") as (url, _, _):
        body = {**STREAM, "max_tokens": 1_000_000}
        with httpx2.stream("POST", f"{url}/v1/lm", json=body, timeout=30) as response:
            chunks = response.iter_text()
            next(chunks)
            assert number(url, "edgernn_calls_running") == 1
        until(lambda: number(url, "edgernn_calls_running") == 0)


def test_overload_and_limits_over_real_connections():
    with serving(WORDS, TINY, "--workers", "1", "--queue", "0", "--max-body", "1000", models=2) as (url, _, _):
        body = {**STREAM, "max_tokens": 1_000_000}
        with httpx2.stream("POST", f"{url}/v1/lm", json=body, timeout=30) as response:
            chunks = response.iter_text()
            next(chunks)
            refused = httpx2.post(f"{url}/v1/classify", json={"text": "storm"})
            assert (refused.status_code, refused.json()["error"]["code"]) == (429, "busy")
            assert int(refused.headers["retry-after"]) >= 1
            assert httpx2.get(f"{url}/health").json()["status"] == "ok"
        until(lambda: number(url, "edgernn_calls_running") == 0)
        with httpx2.Client() as client:
            large = client.post(
                f"{url}/v1/classify", content=b"x" * 500_000, headers={"Content-Type": "application/json"}
            )
            assert (large.status_code, large.json()["error"]["code"]) == (413, "body_too_large")
            assert client.post(f"{url}/v1/classify", json={"text": "storm, snow"}).status_code == 200
        forbidden = httpx2.get(f"{url}/v1/models", headers={"Host": "evil.example"})
        assert forbidden.status_code == 403


def test_sessions_expire_and_the_token_is_needed(tmp_path):
    token = tmp_path / "token"
    token.write_text("sixteen-letters-or-more\n")
    token.chmod(0o600)
    words = (SENSOR, "--token-file", str(token), "--host", "0.0.0.0", "--session-idle", "1")
    with serving(*words) as (url, process, _):
        url = url.replace("0.0.0.0", "127.0.0.1")
        assert httpx2.get(f"{url}/v1/models").status_code == 401
        with httpx2.Client(headers={"Authorization": "Bearer sixteen-letters-or-more"}) as client:
            place = url + client.post(f"{url}/v1/sessions").headers["location"]
            assert client.post(place, json={"step": [1, 2]}).json()["steps"] == 1
            # Not a name of this machine, but the token is enough.
            assert client.get(f"{url}/v1/models", headers={"Host": "pi.local"}).status_code == 200
            time.sleep(1.1)
            assert client.post(place, json={"step": [1, 2]}).status_code == 404
        process.terminate()
        assert ended(process) == (0, "")


def test_systemd_is_told(tmp_path):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        listener.settimeout(10)
        with serving(TINY, NOTIFY_SOCKET=path, WATCHDOG_USEC="200000") as (url, process, _):
            ready = listener.recv(4096).decode()
            assert ready == f"READY=1\nSTATUS=serving tiny.int8 on {url}"
            assert [listener.recv(4096) for _ in range(3)] == [b"WATCHDOG=1"] * 3
            process.terminate()
            assert ended(process) == (0, "")
            listener.setblocking(False)
            last = [b""]
            while last[-1] != b"STOPPING=1":
                last.append(listener.recv(4096))


def test_a_port_that_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, out, errors = edgernn("serve", TINY, "--port", str(port))
    assert (status, out) == (2, "")
    assert errors == (
        f"edgernn serve: port {port} of 127.0.0.1 is taken: choose another one with --port, or 0 for any\n"
    )


def test_a_model_that_computes_something_else_is_not_served(monkeypatch, capsys):
    from edgernn.edge_runtime.model import Model

    run = Model.run
    monkeypatch.setattr(Model, "run", lambda self, *given: {n: a + 1 for n, a in run(self, *given).items()})
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    assert main(["serve", SENSOR, "--port", "0"]) == 1
    assert "self-test failed: vector 0: output differs by" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([TINY, "--host", "0.0.0.0"], "other machines can reach this address, so that a token is needed"),
        ([TINY, "--host", "::"], "other machines can reach this address"),
        ([TINY, "--host", "no.such.host.invalid"], "--host no.such.host.invalid: no such host"),
        ([TINY, "--token-file", "none"], "none: No such file"),
        ([TINY, f"again={TINY}", f"again={WORDS}"], "two models are called again"),
        ([f"a b={TINY}"], "'a b' cannot be a model's name"),
        (["none.tflite"], "none.tflite"),
        (
            [TINY, "--port", "70000", "--queue", "-1"],
            "--port must lie between 0 and 65535, not 70000; --queue must lie",
        ),
        ([TINY, "--timeout", "nan"], "--timeout must lie between 0.1 and 86400, not nan"),
        ([TINY, "--threads", "0"], "threads must be 1 or more"),
    ],
)
def test_what_cannot_be_served(words, message, monkeypatch, capsys):
    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    assert main(["serve", "--port", "0", *words]) == 2
    line = capsys.readouterr().err
    assert message in line
    assert line.count("\n") == 1


def test_names_that_are_answered():
    bound, hosts = open_socket(ServeOptions(port=0))
    bound.close()
    assert hosts == {"localhost", "127.0.0.1", "::1"}
    # With a token a proxy may ask by any name.
    bound, hosts = open_socket(ServeOptions(port=0, token="sixteen-letters-or-more"))
    bound.close()
    assert hosts is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"short", "of 16 characters or more"),
        (b"sixteen letters or more", "without blanks"),
        ("sixteen-l\u00e9tters-or-more".encode(), "of ASCII letters"),
    ],
)
def test_what_is_no_token(tmp_path, content, message):
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_token(path)


def test_a_token_that_others_can_read(tmp_path, capsys):
    path = tmp_path / "token"
    path.write_text("sixteen-letters-or-more\n")
    path.chmod(0o644)
    assert read_token(path) == "sixteen-letters-or-more"
    assert "other users of this machine can read it" in capsys.readouterr().err
    path.chmod(0o600)
    read_token(path)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("edgernn.edge_runtime.cli.serve", "is not in the runtime's own wheel, which is what is installed"),
        ("starlette", "needs starlette, which is not installed"),
    ],
)
def test_where_it_is_not_installed(missing, message, monkeypatch, capsys):
    def find(module):
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    monkeypatch.setattr("edgernn.edge_runtime.cli.main.quiet_native_logs_for_good", lambda: None)
    monkeypatch.setattr("importlib.import_module", find)
    assert main(["serve", "a.tflite"]) == 2
    line = capsys.readouterr().err
    assert message in line
    assert 'pip install "edgernn[serve]"' in line
