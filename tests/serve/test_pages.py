"""What people and programs read of a server: pages, the description, the list of models, health, numbers."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from serve.conftest import BUNDLES, FIXTURES


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_come_whole_and_may_run_their_own_script_alone(client, path):
    response = client.get(path)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    for tag in ("script", "style"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", response.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert policy[f"{tag}-src"] == f"'sha256-{digest}'"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_load_nothing_from_elsewhere(client, path):
    text = client.get(path).text
    # The name of a language, not an address that is loaded.
    found = set(re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+[^\"'\s]*", text)) - {"http://www.w3.org/2000/svg"}
    assert not found
    assert not re.findall(r"<(?:link|script|img|iframe)[^>]+(?:src|href)=", text)
    assert '<html lang="en">' in text
    assert "width=device-width" in text
    assert "prefers-color-scheme:dark" in text


def test_every_operation_is_described(client, models):
    document = client.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    wanted = {"/v1/models", "/v1/models/{name}", "/v1/sessions", "/v1/sessions/{id}", "/health", "/metrics"}
    for one in models:
        for path in one.to_dict()["operations"]:
            wanted |= {path, path.replace("/v1/", "/v1/models/{name}/", 1)}
    assert set(document["paths"]) == wanted
    schema = document["paths"]["/v1/tag"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["model"]["enum"] == ["tagger", "forward"]
    assert schema["oneOf"] == [{"required": ["text"]}, {"required": ["texts"]}, {"required": ["tokens"]}]
    answers = document["paths"]["/v1/lm/complete"]["post"]["responses"]
    assert set(answers["200"]["content"]) == {"application/json", "text/event-stream"}
    assert "429" in answers
    assert "security" not in document


def test_examples_of_the_description_work(client):
    """The page shows them, and nobody wants to begin with an error."""
    document = client.get("/openapi.json").json()
    tried = 0
    for path, item in document["paths"].items():
        content = item.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if not content or "{name}" in path or "oneOf" not in content["schema"]:
            continue
        properties = content["schema"]["properties"]
        name = content["schema"]["oneOf"][0]["required"][0]
        if "examples" in properties[name]:
            body = {name: properties[name]["examples"][0], "model": properties["model"]["enum"][0]}
            assert client.post(path, json=body).status_code == 200
            tried += 1
    assert tried == 5


def test_the_description_tells_of_the_token(start):
    document = start(token="sixteen-letters-or-more").get("/openapi.json").json()
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


def test_the_list_of_models(client):
    listed = client.get("/v1/models").json()["models"]
    assert [one["name"] for one in listed] == list(BUNDLES)
    sensor = listed[-1]
    data = (FIXTURES / "sensor.tflite").read_bytes()
    assert sensor["bytes"] == len(data)
    assert sensor["sha256"] == hashlib.sha256(data).hexdigest()
    assert sensor["inputs"] == [{"name": "x", "dtype": "float32", "shape": [1, None, 2]}]
    assert sensor["selftest"]["passed"] is True
    assert client.get("/v1/models/sensor").json() == sensor
    assert listed[1]["operations"] == ["/v1/lm/complete", "/v1/lm/next"]


def test_health(client):
    response = client.get("/health")
    assert response.status_code == 200
    body = response.json()
    assert body["status"] == "ok"
    assert set(body["models"]) == set(BUNDLES)
    assert body["models"]["words"]["task"] == "lm"
    assert body["models"]["words"]["selftest"]["vectors"] == 16


def test_a_server_whose_engine_hangs_is_not_well(client, monkeypatch):
    monkeypatch.setattr(client.state.pool, "longest", lambda: 89.0)
    assert client.get("/health").status_code == 200
    monkeypatch.setattr(client.state.pool, "longest", lambda: 91.0)
    assert client.get("/health").status_code == 503
    assert client.get("/health").json()["status"] == "stuck"


def test_numbers_for_prometheus(client):
    client.post("/v1/classify", json={"text": "storm"})
    client.post("/v1/classify", json={"text": 5})
    for number in range(30):
        client.get(f"/nothing/{number}")
        client.request(f"METHOD{number}", "/health")
    response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = response.text.splitlines()
    assert 'edgernn_requests_total{method="POST",route="/v1/classify",status="200"} 1.0' in lines
    assert 'edgernn_requests_total{method="POST",route="/v1/classify",status="400"} 1.0' in lines
    assert 'edgernn_requests_total{method="GET",route="other",status="404"} 30.0' in lines
    assert 'edgernn_request_seconds_count{route="/v1/classify"} 2.0' in lines
    # What clients make up adds no series.
    assert len([line for line in lines if line.startswith("edgernn_requests_total")]) == 4
    memory = next(float(line.split()[1]) for line in lines if line.startswith("process_resident_memory_bytes"))
    assert 2e7 < memory < 4e9
    info = next(line for line in lines if 'edgernn_model_info{name="sensor"' in line)
    assert hashlib.sha256((FIXTURES / "sensor.tflite").read_bytes()).hexdigest() in info
