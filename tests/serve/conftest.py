"""Models and applications that the tests of the server share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from edgernn.edge_runtime import load
from edgernn.edge_runtime.serve.app import make_app, make_state
from edgernn.edge_runtime.serve.models import Models, Served, open_models
from edgernn.edge_runtime.serve.options import ServeOptions

FIXTURES = Path(__file__).parent.parent / "fixtures"
BUNDLES = ("tiny.int8", "words", "tagger", "forward", "translator", "series", "drawings", "sensor")
Start = Callable[..., TestClient]


@pytest.fixture(scope="session")
def models() -> Models:
    return open_models([str(FIXTURES / f"{name}.tflite") for name in BUNDLES], load)


@pytest.fixture(scope="session")
def own() -> Callable[[str], Any]:
    """Models of the tests' own, which no server touches."""
    loaded: dict[str, Any] = {}

    def get(name: str) -> Any:
        return loaded.setdefault(name, None) or loaded.update({name: load(FIXTURES / f"{name}.tflite")}) or loaded[name]

    return get


@pytest.fixture
def start(models: Models) -> Iterator[Start]:
    """Makes clients of applications with options of the test's own."""
    with ExitStack() as stack:

        def make(*served: Served, hosts: frozenset[str] | None = None, **options: Any) -> TestClient:
            state = make_state(Models(served) if served else models, ServeOptions(**options), hosts)
            stack.callback(state.pool.close, 5.0)
            client = stack.enter_context(TestClient(make_app(state), base_url="http://127.0.0.1"))
            client.state = state  # type: ignore[attr-defined]
            return client

        yield make


@pytest.fixture
def client(start: Start) -> TestClient:
    return start()


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Waits for something that must happen."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def events(text: str) -> list[tuple[str, str]]:
    """Server-sent events: name ("" for the usual one) and data."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        assert set(lines) <= {"event", "data"}
        found.append((lines.get("event", ""), lines["data"]))
    return found
