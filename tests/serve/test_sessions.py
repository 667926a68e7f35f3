"""Sessions over HTTP: the same numbers as in Python, a bounded number of them, and an end for each."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from edgernn.edge_runtime.serve.faults import Fault
from edgernn.edge_runtime.serve.fields import NUMBER
from edgernn.edge_runtime.serve.store import SessionStore
from edgernn.edge_runtime.serve.tasks.base import SessionApi


def opened(client, name):
    response = client.post("/v1/sessions", json={"model": name})
    assert response.status_code == 201, response.text
    found = response.json()
    assert response.headers["location"] == f"/v1/sessions/{found['id']}"
    assert len(found["id"]) >= 20
    return response.headers["location"]


def test_steps_of_a_bare_model(client, own):
    x = np.random.default_rng(6).normal(size=(1, 6, 2)).astype(np.float32)
    session = own("sensor").session()
    first, second = opened(client, "sensor"), opened(client, "sensor")
    for t in range(3):
        wanted = session.step(x[:, t])["y"].tolist()
        # The two sessions do not disturb each other.
        for place in (first, second):
            body = client.post(place, json={"step": x[0, t].tolist()}).json()
            assert body == {"model": "sensor", "steps": t + 1, "outputs": {"y": wanted}}
    wanted = session.run({"x": x[:, 3:]})["y"].tolist()
    body = client.post(first, json={"run": {"x": x[:, 3:].tolist()}}).json()
    assert body == {"model": "sensor", "steps": 6, "outputs": {"y": wanted}}
    assert client.post(second, json={"run": x[:, 3:].tolist()}).json()["outputs"]["y"] == wanted
    assert client.get(first).json()["steps"] == 6
    assert client.post(first, json={"reset": True}).json() == {"model": "sensor", "steps": 0}
    fresh = own("sensor").run({"x": x[:, :1]})["y"].tolist()
    assert client.post(first, json={"step": {"x": x[0, 0].tolist()}}).json()["outputs"]["y"] == fresh


def test_steps_of_a_forecaster(client, own):
    session, place = own("series").session(), opened(client, "series")
    for value in (112.0, 118.0, None, 129.0, 500.0):
        wanted = session.step(value)
        body = client.post(place, json={"step": value}).json()
        assert body["forecast"]["mean"] == wanted.forecast.mean.tolist()
        assert body["forecast"]["upper"] == wanted.forecast.upper.tolist()
        assert body["score"] == wanted.score
        assert body["flags"] == list(wanted.flags)
    assert wanted.score > 3
    results = client.post(place, json={"run": [130, {"value": 131, "time": 5}]}).json()
    session.step(130)
    assert results["results"][1]["forecast"]["mean"] == session.step(131, time=5).forecast.mean.tolist()
    assert results["steps"] == 7


def test_words_of_a_tagger(client, own):
    session, place = own("forward").session(), opened(client, "forward")
    words = ["Ada", "Byron", "visited", "Rome"]
    wanted = [session.step(word) for word in words]
    body = client.post(place, json={"step": words[0]}).json()
    assert (body["text"], body["label"], body["start"], body["end"]) == ("Ada", wanted[0].label, 0, 3)
    rest = client.post(place, json={"run": words[1:]}).json()["results"]
    assert [one["label"] for one in rest] == [one.label for one in wanted[1:]]
    assert rest[-1]["start"] == len("Ada Byron visited ")
    assert wanted[-1].label != "O"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "give one of step, run and reset"),
        ({"step": [1, 2], "run": [[1, 2]]}, "give one of step, run and reset"),
        ({"step": [1, 2], "model": "sensor"}, "and nothing else"),
        ({"step": [1, 2, 3]}, "shape [3]"),
        ({"step": None}, "expected numbers"),
        ({"step": {"z": [1, 2]}}, "unknown input 'z'"),
        ({"step": "one"}, "expected numbers"),
        ({"run": 5}, "shape []"),
        ({"run": [[[0.0, 0.0], [1.0]]]}, "its rows differ in length"),
        ({"reset": False}, "reset: expected true"),
    ],
)
def test_steps_that_cannot_be_taken_leave_the_session_as_it_was(client, own, body, message):
    place = opened(client, "sensor")
    client.post(place, json={"step": [0.5, -0.5]})
    response = client.post(place, json=body)
    assert response.status_code == 400, response.text
    assert message in response.json()["error"]["message"]
    session = own("sensor").session()
    session.step([0.5, -0.5])
    after = client.post(place, json={"step": [0.25, 1.0]}).json()
    assert after["outputs"]["y"] == session.step([0.25, 1.0])["y"].tolist()
    assert after["steps"] == 2


@pytest.mark.parametrize(
    "step", [True, "x", [1], {"value": "x"}, {"other": 1}, {"value": 1, "covariates": {"a": 1}}, 10**400]
)
def test_values_that_are_none(client, step):
    place = opened(client, "series")
    assert client.post(place, json={"step": step}).status_code == 400
    assert client.get(place).json()["steps"] == 0


def test_a_list_that_fails_in_the_middle_says_where(client):
    place = opened(client, "forward")
    message = client.post(place, json={"run": ["Ada", "", "Rome"]}).json()["error"]["message"]
    assert message.startswith("run: value 2: ")
    assert client.get(place).json()["steps"] == 1


def test_which_models_have_sessions(client):
    listed = {one["name"]: one["sessions"] for one in client.get("/v1/models").json()["models"]}
    assert [name for name, has in listed.items() if has] == ["forward", "series", "sensor"]
    for body, message in (
        ({"model": "words"}, "words has no sessions: those that have are forward, series, sensor"),
        ({"model": "x"}, "there is no 'x' here"),
        ({}, "several are served"),
        ({"modle": "x"}, "unknown field modle"),
    ):
        response = client.post("/v1/sessions", json=body)
        assert response.status_code == 400
        assert message in response.json()["error"]["message"]
    assert len(client.state.sessions) == 0


def test_one_model_with_sessions_needs_no_name(start, models):
    client = start(models.get("words"), models.get("sensor"))
    assert client.post("/v1/sessions").json()["model"] == "sensor"
    alone = start(models.get("words"))
    assert "no model that is served here has sessions" in alone.post("/v1/sessions").json()["error"]["message"]


def test_sessions_are_closed(client):
    place = opened(client, "sensor")
    assert client.delete(place).status_code == 204
    for method in ("GET", "POST", "DELETE"):
        response = client.request(method, place, json={"step": [1, 2]})
        assert (response.status_code, response.json()["error"]["code"]) == (404, "no_session")


def test_there_are_not_more_sessions_than_allowed(start):
    client = start(sessions=2, session_idle=50.0)
    first, _ = opened(client, "sensor"), opened(client, "sensor")
    response = client.post("/v1/sessions", json={"model": "sensor"})
    assert (response.status_code, response.json()["error"]["code"]) == (429, "too_many_sessions")
    assert 45 <= int(response.headers["retry-after"]) <= 50
    # What comes to nothing takes no room.
    client.delete(first)
    for _ in range(3):
        assert client.post("/v1/sessions", json={"model": "words"}).status_code == 400
    opened(client, "sensor")
    assert "edgernn_sessions 2.0\n" in client.get("/metrics").text


def test_sessions_expire_when_nobody_uses_them():
    now = [100.0]
    store = SessionStore(3, 10.0, lambda: now[0])

    def add(name):
        store.reserve()
        return store.add(name, object())

    first, second, third = add("a"), add("b"), add("c")
    third.busy = True
    now[0] = 109.0
    assert store.get(first.id) is first
    store.touch(first)
    assert store.expires_in(first) == 10.0
    assert store.expires_in(second) == 1.0
    now[0] = 110.0
    with pytest.raises(Fault, match="it has expired"):
        store.get(second.id)
    assert len(store) == 2
    now[0] = 119.0
    store.sweep()
    # A call is under way in the third one.
    assert store.get(third.id) is third
    with pytest.raises(Fault, match="no such session"):
        store.get(first.id)
    third.busy = False
    store.sweep()
    assert len(store) == 0


def slow_session(models, may_end, begun):
    def step(model, session, value):
        begun.release()
        assert may_end.wait(10)
        return {"value": value}

    api = replace(models.get("sensor").api, sessions=SessionApi(step, NUMBER, 1))
    return replace(models.get("sensor"), api=api)


def test_one_step_at_a_time(start, models):
    may_end, begun = threading.Event(), threading.Semaphore(0)
    client = start(slow_session(models, may_end, begun))
    place = opened(client, "sensor")
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.post, place, json={"step": 1})
        assert begun.acquire(timeout=5)
        response = client.post(place, json={"step": 2})
        may_end.set()
        assert first.result().json()["value"] == 1
    assert (response.status_code, response.json()["error"]["code"]) == (409, "session_busy")
    assert client.post(place, json={"step": 3}).json() == {"model": "sensor", "steps": 2, "value": 3}


def test_a_session_that_nobody_knows_the_state_of_is_closed(start, models):
    may_end, begun = threading.Event(), threading.Semaphore(0)
    client = start(slow_session(models, may_end, begun), timeout=0.2)
    place = opened(client, "sensor")
    response = client.post(place, json={"step": 1})
    assert response.status_code == 504
    assert "the session is closed" in response.json()["error"]["message"]
    assert client.get(place).status_code == 404
    may_end.set()
