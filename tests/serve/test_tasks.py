"""Each task over HTTP gives what Python gives, to the last bit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from serve.conftest import events

HISTORY = [112.0, 118, 132, None, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126, 141, 135, 125, 149, 170, 170]
NUMBERS = [np.nan if value is None else value for value in HISTORY]


def ask(client, path, status=200, **body):
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    return response.json()


def refused(client, path, **body):
    return ask(client, path, 400, **body)["error"]["message"]


def test_classify(client, own):
    model = own("tiny.int8")
    wanted = [{"label": c.label, "score": c.score} for c in model.classify("storm, snow")]
    assert len({one["score"] for one in wanted}) == 3
    assert ask(client, "/v1/classify", text="storm, snow") == {"model": "tiny.int8", "categories": wanted}
    assert ask(client, "/v1/classify", text="storm, snow", top=1)["categories"] == wanted[:1]
    both = ask(client, "/v1/classify", texts=["soup", "storm, snow"], top=2)["results"]
    assert both[1]["categories"] == wanted[:2]
    assert both[0]["categories"][0]["label"] == "food"


def test_what_is_not_ascii_arrives(client, own):
    text = "caf\u00e9 au lait \U0001f600 \ud800"
    wanted = [{"label": c.label, "score": c.score} for c in own("tiny.int8").classify(text)]
    response = client.post(
        "/v1/classify", content=json.dumps({"text": text}), headers={"Content-Type": "application/json"}
    )
    assert response.json()["categories"] == wanted


def test_forecast(client, own):
    found = own("series").forecast(NUMBERS, horizon=3, coverage=0.95)
    body = ask(client, "/v1/forecast", history=HISTORY, horizon=3, coverage=0.95)
    assert body == {
        "model": "series",
        "mean": found.mean.tolist(),
        "lower": found.lower.tolist(),
        "upper": found.upper.tolist(),
        "coverage": 0.95,
        "flags": ["missing values were filled"],
    }
    assert len(body["mean"]) == 3
    several = ask(client, "/v1/forecast", histories=[NUMBERS[:3] + [9.0] * 9, HISTORY], horizon=3, coverage=0.95)
    assert several["results"][1]["mean"] == body["mean"]
    assert several["results"][0]["mean"] != body["mean"]


def test_a_covariate_that_the_model_does_not_have(client):
    for covariates in ({"load": [1.0] * 20}, [{"load": [1.0]}], {"load": "x"}):
        assert "covariate" in refused(client, "/v1/forecast", history=HISTORY, covariates=covariates)


def test_language_model(client, own):
    model = own("words")
    settings = {"max_tokens": 12, "temperature": 0.9, "seed": 7}
    wanted = model.generate("I want", **settings)
    assert wanted
    assert ask(client, "/v1/lm", prompt="I want", **settings) == {"model": "words", "text": wanted, "cut": False}
    assert ask(client, "/v1/lm/complete", prompt="I want", **settings)["text"] == wanted
    stopped = ask(client, "/v1/lm", prompt="I want", stop=["and"], temperature=0)["text"]
    assert stopped == model.generate("I want", stop=["and"], temperature=0)
    found = ask(client, "/v1/lm/next", text="I w", k=2)["words"]
    assert found == [{"text": w.text, "score": w.score, "completes": w.completes} for w in model.next_tokens("I w", 2)]


def test_tag(client, own):
    text = "Zo\u00e9 Faure visited Lake Nyos. Omar left Nordbank."
    wanted = own("tagger").tag(text).to_dict()
    assert [e["text"] for e in wanted["entities"]] == ["Zo\u00e9 Faure", "Lake Nyos", "Omar", "Nordbank"]
    assert ask(client, "/v1/tag", model="tagger", text=text) == {"model": "tagger", **wanted}
    assert ask(client, "/v1/tag", model="tagger", texts=["Omar left.", text])["results"][1] == wanted
    tokens = ["Omar", "left", "Rome"]
    assert ask(client, "/v1/models/tagger/tag", tokens=tokens) == {
        "model": "tagger",
        **own("tagger").tag(tokens).to_dict(),
    }


def test_two_models_of_a_task_are_told_apart(client, own):
    body = ask(client, "/v1/models/forward/tag", text="Omar left Rome.")
    assert body == {"model": "forward", **own("forward").tag("Omar left Rome.").to_dict()}
    assert set(body["tokens"][0]["labels"]) == {"ner"}
    assert "choose one of tagger, forward" in refused(client, "/v1/tag", text="Omar")
    assert "the address says forward" in refused(client, "/v1/models/forward/tag", text="Omar", model="tagger")


def test_translate(client, own):
    model = own("translator")
    text = "I see the dog today. She wants water 27!"
    wanted = [one.to_dict() for one in model.translate(text, beams=4, n_best=2, alignment=True)]
    body = ask(client, "/v1/translate", text=text, n_best=2, alignment=True)
    assert body["translations"] == json.loads(json.dumps(wanted))
    assert body["translations"][0]["text"] != body["translations"][1]["text"]
    assert body["translations"][0]["alignment"]
    both = ask(client, "/v1/translate", texts=["I see bread.", text], beams=1)["results"]
    assert both[0]["translations"][0]["text"] == model.translate("I see bread.", beams=1)[0].text


@pytest.mark.parametrize(
    ("path", "body", "whole"),
    [
        ("/v1/lm", {"prompt": "there was", "max_tokens": 20, "temperature": 0}, "text"),
        ("/v1/lm", {"prompt": "no more", "max_tokens": 20, "seed": 3}, "text"),
        ("/v1/lm", {"prompt": "no more", "max_tokens": 8, "beams": 3}, "text"),
        ("/v1/translate", {"text": "I see the dog today. You have rice.", "beams": 1}, "text"),
    ],
)
def test_a_stream_adds_up_to_what_is_given_at_once(client, path, body, whole):
    response = client.post(path, json={**body, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    found = events(response.text)
    parts = [json.loads(data)["text"] for name, data in found if not name]
    assert found[-1][0] == "done"
    assert [name for name, _ in found[:-1]] == [""] * len(parts)
    at_once = ask(client, path, **body)
    text = at_once[whole] if whole in at_once else at_once["translations"][0]["text"]
    assert "".join(parts) == text == json.loads(found[-1][1])["text"]
    assert len(parts) > 1


def test_a_stream_of_nothing_is_a_stream(client):
    response = client.post("/v1/lm", json={"prompt": "I", "max_tokens": 0, "stream": True})
    assert events(response.text) == [("done", '{"model":"words","text":"","cut":false}')]


def test_a_stream_that_cannot_begin_is_an_ordinary_refusal(client):
    assert "top_p" in refused(client, "/v1/lm", prompt="I", top_p=3, stream=True)
    assert "beams" in refused(client, "/v1/translate", text="I see.", beams=4, stream=True)
    assert "list" in refused(client, "/v1/translate", texts=["I see."], stream=True)


@pytest.mark.parametrize("piece", [2, 1024])
def test_a_bare_model(client, own, monkeypatch, piece):
    monkeypatch.setattr("edgernn.edge_runtime.serve.tasks.arrays._PIECE", piece)
    x = np.random.default_rng(4).normal(size=(1, 5, 2)).astype(np.float32)
    wanted = own("sensor").run({"x": x})["y"]
    assert ask(client, "/v1/model", inputs={"x": x.tolist()}) == {"model": "sensor", "outputs": {"y": wanted.tolist()}}
    states = {name: np.full(shape, 0.25, np.float32) for name, shape in own("sensor").session().states.items()}
    wanted = own("sensor").run({"x": x}, states)["y"]
    body = {"inputs": {"x": x.tolist()}, "states": {name: array.tolist() for name, array in states.items()}}
    assert ask(client, "/v1/model", **body)["outputs"]["y"] == wanted.tolist()


def test_a_long_sequence_goes_in_pieces_to_the_same_bits(client, own):
    x = np.random.default_rng(5).normal(size=(1, 2500, 2)).astype(np.float32)
    found = ask(client, "/v1/model", inputs={"x": x.tolist()})["outputs"]["y"]
    assert found == own("sensor").run({"x": x})["y"].tolist()


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"x": [[[1, 2], [3]]]}, "inputs: x: its rows differ in length"),
        ({"x": [[["a", "b"]]]}, "inputs: x: expected numbers"),
        ({"x": [[[1, 2, 3]]]}, "expected [1, any, 2]"),
        ({"z": [[[1, 2]]]}, "unknown input 'z'"),
        ({"x": [[]]}, "shape [1, 0]"),
        ({"x": [[[None, 2]]]}, "inputs: x: expected numbers"),
        ({"x": [[[0, 0]] * 501]}, "the answer would be 1,002 numbers, more than 1,000: send fewer steps at once"),
    ],
)
def test_arrays_that_do_not_fit(client, monkeypatch, inputs, message):
    monkeypatch.setattr("edgernn.edge_runtime.serve.tasks.arrays._MOST_NUMBERS", 1000)
    assert message in refused(client, "/v1/model", inputs=inputs)
