"""What cannot be answered as asked: one line in JSON, the right status, and nothing of the server's inside."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from serve.conftest import until

from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.serve.app import make_app, make_state
from edgernn.edge_runtime.serve.deadline import Overdue
from edgernn.edge_runtime.serve.fields import TEXT, Field, Operation
from edgernn.edge_runtime.serve.models import Models
from edgernn.edge_runtime.serve.options import ServeOptions
from edgernn.edge_runtime.serve.tasks import TaskApi

JSON = {"Content-Type": "application/json"}


def fault(response, status, code):
    assert response.status_code == status, response.text
    assert list(response.json()) == ["error"]
    error = response.json()["error"]
    assert error["code"] == code
    assert "\n" not in error["message"]
    assert "Traceback" not in response.text
    return error["message"]


def served(models: Models, call, **more):
    """A model whose one operation is `call`."""
    operation = Operation("", "waits", (Field("text", TEXT, "any"),), call, **more)
    return replace(models.get("tiny.int8"), name="odd", task="classify", api=TaskApi((operation,)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "the body is no JSON: Expecting property name"),
        (b'{"text": "\xff"}', "the body is not UTF-8 (byte 11)"),
        (b'["text"]', "the body must be a JSON object"),
        (b'{"text": NaN}', "NaN is no number there"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"top": ' + b"9" * 5000 + b"}", "the body is no JSON that can be read"),
        (b"", "the body is no JSON"),
        (b'{"text": "a", "texts": ["b"]}', "give one of text, texts"),
        (b"{}", "give one of text, texts"),
        (b'{"text": "a", "color": 1, "size": 2}', "unknown field color, size: there are text, texts, top, model"),
        (b'{"text": 5}', "text: expected a text, found 5"),
        (b'{"texts": ["a", 5, 6]}', "texts[1]: expected a text, found 5"),
        (b'{"text": "a", "top": true}', "top: expected a whole number, found True"),
        (b'{"text": "a", "top": 0}', "top: expected 1 or more, found 0"),
        (b'{"text": "a", "stream": true}', "stream: this is not streamed"),
        (b'{"text": "a", "model": "b"}', "model: there is no 'b' here for this: there are tiny.int8"),
        (b'{"text": "a", "model": ["b"]}', "model: there is no ['b'] here"),
        (b'{"text": "a", "model": "words"}', "model: there is no 'words' here for this"),
    ],
)
def test_bodies_that_cannot_be_used(client, content, message):
    assert message in fault(client.post("/v1/classify", content=content, headers=JSON), 400, "invalid_input")


ODD = [True, 5, -1, 1e308, 10**400, "x", "", [], [[]], {}, {"a": None}, [None], [1, "x"], ["x", [1]], [{}]]
CALLS = [
    (name, operation, field.name)
    for name, task in (
        *(("tiny.int8", "classify"), ("words", "lm"), ("tagger", "tag"), ("translator", "translate")),
        *(("series", "forecast"), ("sensor", "arrays")),
    )
    for operation in __import__(f"edgernn.edge_runtime.serve.tasks.{task}", fromlist=["API"]).API.operations
    for field in operation.fields
]


@pytest.mark.parametrize(("name", "operation", "field"), CALLS, ids=lambda x: getattr(x, "name", x) or "-")
def test_no_value_of_any_field_is_a_defect_of_the_server(client, models, name, operation, field):
    """Whatever is sent is answered or refused, never by 500."""
    examples = {f.name: f.example for f in operation.fields if f.example is not None}
    first = operation.one_of[:1]
    base = {one: examples.get(one, {"x": [[[0, 0]]]}) for one in first}
    path = f"/v1/models/{name}/{models.get(name).task}" + (f"/{operation.name}" if operation.name else "")
    if operation.streams:
        base["max_tokens"] = 2
    refused = 0
    for value in ODD:
        body = {**({} if field in operation.one_of else base), field: value}
        response = client.post(path, content=json.dumps(body), headers=JSON)
        assert response.status_code in (200, 400), (body, response.text)
        if response.status_code == 400:
            fault(response, 400, "invalid_input")
            refused += 1
    assert refused >= 5


def test_what_is_no_json(client):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        response = client.post("/v1/classify", content=b'{"text": "a"}', headers={"Content-Type": kind})
        assert "expected application/json" in fault(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("declared", [True, False])
def test_bodies_are_bounded(start, declared):
    client = start(max_body=1000)

    def parts():
        for _ in range(300):
            yield b"x" * 10

    content = b"x" * 3000 if declared else parts()
    response = client.post("/v1/classify", content=content, headers=JSON)
    assert fault(response, 413, "body_too_large").startswith("the body is larger than 1,000 bytes")
    exact = json.dumps({"text": "x" * 988}).encode()
    assert len(exact) == 1000
    assert client.post("/v1/classify", content=exact, headers=JSON).status_code == 200


def test_addresses_that_there_are_not(client, start, models):
    one = start(models.get("sensor"))
    assert "no model for 'caption'" in fault(one.post("/v1/caption", json={}), 404, "not_found")
    assert "there are /v1/lm/complete, /v1/lm/next" in fault(client.post("/v1/lm/prev", json={}), 404, "not_found")
    assert "there is no model 'x'" in fault(client.post("/v1/models/x/classify", json={}), 404, "no_model")
    assert "is a model for lm" in fault(client.post("/v1/models/words/classify", json={}), 404, "not_found")
    fault(client.get("/v2"), 404, "not_found")
    fault(client.get("/docs/"), 404, "not_found")
    response = client.get("/v1/classify")
    fault(response, 405, "method_not_allowed")
    assert response.headers["allow"] == "POST"
    fault(client.post("/v1/models", json={}), 405, "method_not_allowed")
    fault(client.post("/v1/models/words", json={}), 405, "method_not_allowed")


def test_overload_is_shed_and_what_was_admitted_is_answered(start, models):
    begun, may_end = threading.Semaphore(0), threading.Event()

    def wait(model, given, emit):
        begun.release()
        assert may_end.wait(10)
        return {"echo": given["text"]}

    client = start(served(models, wait), workers=2, queue=1)
    with ThreadPoolExecutor(3) as threads:
        admitted = [threads.submit(client.post, "/v1/classify", json={"text": f"t{n}"}) for n in range(3)]
        assert begun.acquire(timeout=5)
        assert begun.acquire(timeout=5)
        until(lambda: client.state.pool.waiting == 1)
        numbers = client.get("/metrics").text
        refused = client.post("/v1/classify", json={"text": "late"})
        may_end.set()
        assert [one.result().json()["echo"] for one in admitted] == ["t0", "t1", "t2"]
    assert "3 requests are under way" in fault(refused, 429, "busy")
    assert int(refused.headers["retry-after"]) >= 1
    assert "edgernn_calls_running 2.0\n" in numbers
    assert "edgernn_queue_waiting 1.0\n" in numbers
    assert client.post("/v1/classify", json={"text": "again"}).json()["echo"] == "again"
    assert 'route="/v1/classify",status="429"} 1.0\n' in client.get("/metrics").text


def test_refused_requests_keep_no_place(start, models):
    client = start(workers=1, queue=0, max_body=1000)
    for _ in range(5):
        fault(client.post("/v1/classify", content=b"x" * 2000, headers=JSON), 413, "body_too_large")
        fault(client.post("/v1/classify", content=b"{", headers=JSON), 400, "invalid_input")
    assert client.state.pool.waiting == client.state.pool.running == 0
    assert client.post("/v1/classify", json={"text": "storm"}).status_code == 200


def test_a_call_that_never_asks_the_engine_is_left_behind(start, models):
    may_end = threading.Event()
    client = start(served(models, lambda *_: may_end.wait(10) and {}), timeout=0.2, workers=1, queue=0)
    message = fault(client.post("/v1/classify", json={"text": "a"}), 504, "timeout")
    assert message == "took longer than 0.2 s: ask for less, or start with a longer --timeout"
    # The thread is still at it, and its place is taken.
    fault(client.post("/v1/classify", json={"text": "a"}), 429, "busy")
    may_end.set()


def test_the_deadline_ends_calls_between_those_of_the_engine(start):
    client = start(timeout=0.5, workers=1, queue=0)
    # Some minutes of work each.
    fault(client.post("/v1/translate", json={"text": " ".join(["I see the dog today."] * 20_000)}), 504, "timeout")
    until(lambda: not client.state.pool.running)
    fault(client.post("/v1/classify", json={"texts": ["storm"] * 90_000}), 504, "timeout")
    until(lambda: not client.state.pool.running)
    assert client.post("/v1/translate", json={"text": "I see the dog."}).status_code == 200


def test_a_text_that_takes_too_long_is_cut(start, own):
    client = start(timeout=0.5)
    body = {"prompt": "I want", "max_tokens": 1_000_000, "temperature": 0}
    found = client.post("/v1/lm", json=body).json()
    assert found["cut"] is True
    assert found["text"]
    tokens = len(found["text"].split())
    assert own("words").generate("I want", max_tokens=2 * tokens, temperature=0).startswith(found["text"])


@pytest.mark.parametrize(
    ("error", "status", "code", "shown"),
    [
        (RuntimeUnavailable("the engine failed:\n here"), 500, "engine", "the engine failed: here"),
        (MemoryError(), 503, "out_of_memory", "not enough memory: send less at once"),
        (ValueError("secret inside"), 500, "internal", "an error of the server, which its log tells: this is a defect"),
        (SystemExit(3), 500, "internal", "an error of the server, which its log tells: this is a defect"),
    ],
)
def test_failures_of_the_server(start, models, capfd, error, status, code, shown):
    def fail(model, given, emit):
        raise error

    client = start(served(models, fail))
    response = client.post("/v1/classify", json={"text": "a"})
    assert fault(response, status, code) == shown
    told = capfd.readouterr().err
    if code == "internal":
        assert f"edgernn serve: {type(error).__name__}: {error} (this is a defect" in told
    assert client.get("/health").json()["status"] == "ok"
    assert client.state.pool.running == 0


def test_a_failure_in_the_middle_of_a_stream_is_its_last_event(start, models, capfd):
    def fail(model, given, emit):
        emit("one")
        raise KeyError("inside")

    client = start(served(models, fail, streams=True))
    text = client.post("/v1/classify", json={"text": "a", "stream": True}).text
    first, last, rest = text.split("\n\n")
    assert (first, rest) == ('data: {"text":"one"}', "")
    assert last.startswith('event: error\ndata: {"error":{"code":"internal",')
    assert "inside" not in text


def test_numbers_that_json_does_not_have_become_null(start, models):
    client = start(served(models, lambda *_: {"values": [1.5, float("nan"), (float("-inf"),)]}))
    assert client.post("/v1/classify", json={"text": "a"}).json() == {"model": "odd", "values": [1.5, None, [None]]}


LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "LOCALHOST:1", "[::1]:8080"])
def test_names_of_this_machine_are_answered(start, host):
    client = start(hosts=LOCAL)
    assert client.get("/v1/models", headers={"Host": host}).status_code == 200
    own_page = {"Host": host, "Origin": f"http://{host}"}
    assert client.post("/v1/classify", json={"text": "storm"}, headers=own_page).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "localhost.evil.example:80"])
def test_other_names_for_this_machine_are_refused(start, host):
    client = start(hosts=LOCAL)
    for path in ("/", "/health", "/v1/models"):
        fault(client.get(path, headers={"Host": host}), 403, "forbidden_host")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "https://127.0.0.1.evil"])
def test_pages_of_other_sites_are_refused(start, origin):
    client = start(hosts=LOCAL)
    response = client.post("/v1/classify", json={"text": "storm"}, headers={"Origin": origin, "Host": "127.0.0.1"})
    fault(response, 403, "forbidden_origin")
    assert not [name for name in response.headers if name.startswith("access-control")]


TOKEN = "sixteen-letters-or-more"


@pytest.mark.parametrize(
    "shown",
    [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, "Bearer \xe4"],
)
def test_who_does_not_show_the_token_is_refused(start, shown):
    client = start(token=TOKEN)
    headers = {} if shown is None else {"Authorization": shown.encode("latin-1")}
    for method, path in (
        ("GET", "/v1/models"),
        ("POST", "/v1/classify"),
        ("GET", "/metrics"),
        ("DELETE", "/v1/sessions/x"),
    ):
        response = client.request(method, path, headers=headers)
        fault(response, 401, "unauthorized")
        assert response.headers["www-authenticate"] == "Bearer"
    assert client.get("/health", headers=headers).json() == {"status": "ok"}
    assert client.get("/", headers=headers).status_code == 200


def test_who_shows_the_token_is_answered(start):
    client = start(token=TOKEN)
    for kind in ("Bearer", "bearer"):
        headers = {"Authorization": f"{kind} {TOKEN}"}
        assert client.post("/v1/classify", json={"text": "storm"}, headers=headers).status_code == 200
        assert "models" in client.get("/health", headers=headers).json()


def test_a_server_that_is_about_to_end_takes_nothing_new(client):
    client.state.draining = True
    response = client.post("/v1/classify", json={"text": "storm"})
    fault(response, 503, "draining")
    assert client.get("/health").status_code == 503
    assert client.get("/health").json()["status"] == "draining"


def exchange(state, receive):
    """One POST to /v1/classify by ASGI itself: what the server sends."""
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"host", b"x")]
    scope = {"type": "http", "method": "POST", "path": "/v1/classify", "headers": headers, "query_string": b""}
    asyncio.run(make_app(state)(scope, receive, send))
    return sent


def test_a_body_that_does_not_come(models):
    state = make_state(models, ServeOptions(timeout=0.2))
    parts = [{"type": "http.request", "body": b'{"text": ', "more_body": True}]

    async def receive():
        return parts.pop() if parts else await asyncio.sleep(60)

    start, body = exchange(state, receive)
    assert start["status"] == 408
    assert json.loads(body["body"])["error"]["message"] == "the body did not come within 0.2 s"
    assert state.pool.waiting == 0
    assert state.pool.close(5.0)


def test_a_client_that_goes_ends_its_call(models):
    """The body comes whole, then the client goes."""
    ended = threading.Event()
    model = models.get("tiny.int8").model

    def busy(_, given, emit):
        try:
            while True:
                model.classify("storm")
        except Overdue:
            ended.set()
            raise

    state = make_state(Models([served(models, busy)]), ServeOptions(timeout=20.0))
    messages = [{"type": "http.request", "body": b'{"text": "a"}', "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        while not state.pool.running:
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    sent = exchange(state, receive)
    assert sent[0]["status"] == 499
    assert ended.wait(5)
    assert state.pool.close(5.0)
