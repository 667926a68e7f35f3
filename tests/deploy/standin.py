"""Stands in for `edgernn` on a device: what a bundle does is its first word. It starts in a few milliseconds."""

import hashlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path


def selftest(word):
    if word == "wrong":
        print(
            json.dumps({"passed": False, "failures": ["vector 3: output differs by 0.4 of the scale, 0.02 is allowed"]})
        )
        return 1
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "hang":
        time.sleep(60)
    print(json.dumps({"passed": True, "vectors": 16, "engine": "stand-in"}))
    return 0


def bench(word):
    if word == "other":
        print(
            "edgernn bench: a and b take different inputs: only bundles of the same model can be compared",
            file=sys.stderr,
        )
        return 2
    print(json.dumps({"lengths": [{"ratio": 1.0}, {"ratio": 11.5 if word == "slow" else 1.1}]}))
    return 0


def serve(words):
    name, _, path = words[0].partition("=")
    if not path:
        print(f"edgernn serve: {os.environ.get('STANDIN_LACKS') or f'{name}: no such file'}", file=sys.stderr)
        return 2
    content = Path(path).read_bytes()
    if content.startswith(b"dies"):
        print(f"edgernn serve: {path}: cannot be served", file=sys.stderr)
        return 2
    sha256 = "0" * 64 if content.startswith(b"another") else hashlib.sha256(content).hexdigest()
    body = json.dumps({"status": "ok", "models": {name: {"sha256": sha256}}}).encode("ascii")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", int(words[2])))
        listener.listen(64)
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode("ascii") + body)


def main(words):
    command, *rest = words
    if command == "doctor":
        chosen = None if os.environ.get("STANDIN_NO_ENGINE") else "stand-in"
        print(
            json.dumps(
                {"chosen": chosen, "problems": [] if chosen else ["no engine: x is not installed: pip install x"]}
            )
        )
        return 0
    if command == "serve":
        return serve(rest)
    word = Path(rest[0]).read_bytes().split(b" ")[0].decode("ascii", "replace")
    return (selftest if command == "selftest" else bench)(word)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
