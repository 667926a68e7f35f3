"""Pictures as uploads: to a captioner, and to a stand-in that says what it was given."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import pytest
from serve.conftest import FIXTURES, events

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.tasks import task_api

PICTURE = bytes(range(256)) * 40 + b"\r\n--x--\r\n\r\n"


@dataclass
class Caption:
    text: str
    score: float

    def to_dict(self):
        return {"text": self.text, "score": self.score}


class Captioner:
    def __init__(self, manifest):
        self.manifest = manifest

    def caption(self, picture, **settings):
        if not picture.startswith(b"\x00\x01"):
            raise InputError("the picture is none")
        if settings.pop("stream", False):
            return iter(["a ", f"picture {settings}"])
        return [Caption(f"{hashlib.sha256(picture).hexdigest()} {settings}", -0.5)]


@pytest.fixture
def client(start, models):
    sensor = models.get("sensor")
    model = Captioner(sensor.model.manifest)
    return start(replace(sensor, name="eyes", task="caption", model=model, api=task_api("caption")))


DRAWING = (FIXTURES / "drawing.png").read_bytes()
PNG = {"Content-Type": "image/png"}


def test_a_captioner_answers_as_in_python(start, own):
    server, model = start(), own("drawings")
    captions = [one.to_dict() for one in model.caption(DRAWING, n_best=2, beams=4)]
    assert captions[0]["text"] == "A yellow triangle on a dark ground."
    response = server.post("/v1/caption?n_best=2&beams=4", content=DRAWING, headers=PNG)
    assert response.json() == {"model": "drawings", "captions": captions}
    form = {"files": {"picture": ("a.png", DRAWING, "image/png")}, "data": {"n_best": "2", "beams": "4"}}
    assert server.post("/v1/models/drawings/caption", **form).json() == response.json()
    (looked,) = server.post("/v1/caption?attention=true", content=DRAWING, headers=PNG).json()["captions"]
    (wanted,) = model.caption(DRAWING, attention=True)
    assert looked["attention"] == wanted.to_dict()["attention"]


def test_a_captioner_answers_word_by_word(start, own):
    response = start().post("/v1/caption?stream=true", content=DRAWING, headers=PNG)
    *parts, (name, last) = events(response.text)
    assert len(parts) > 3
    assert "".join(json.loads(data)["text"] for _, data in parts) == own("drawings").caption(DRAWING, beams=1)[0].text
    assert name == "done"
    assert json.loads(last)["text"] == "A yellow triangle on a dark ground."


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (DRAWING[:60], "the PNG is cut short"),
        (b"GIF89a" + b"\x00" * 50, "the GIF has 0 x 0 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a text file, no picture: expected JPEG, PNG"),
    ],
)
def test_a_captioner_refuses_what_is_no_picture(start, content, says):
    response = start().post("/v1/caption", content=content, headers=PNG)
    assert response.status_code == 400, response.text
    assert says in response.json()["error"]["message"]


def said(**settings):
    text = f"{hashlib.sha256(PICTURE).hexdigest()} {settings}"
    return {"model": "eyes", "captions": [{"text": text, "score": -0.5}]}


@pytest.mark.parametrize("kind", ["image/jpeg", "IMAGE/PNG; a=b", "application/octet-stream"])
def test_the_body_is_the_picture(client, kind):
    response = client.post("/v1/caption", content=PICTURE, headers={"Content-Type": kind})
    assert response.json() == said(beams=3)
    response = client.post("/v1/caption?beams=2&max_seconds=1.5", content=PICTURE, headers={"Content-Type": kind})
    assert response.json() == said(beams=2, max_seconds=1.5)


def test_a_form_holds_the_picture(client):
    response = client.post("/v1/caption", files={"picture": ("a.jpg", PICTURE, "image/jpeg")})
    assert response.json() == said(beams=3)
    settings = {"n_best": "5", "model": "eyes", "attention": "true", "stream": "false"}
    response = client.post("/v1/caption", files={"picture": PICTURE}, data=settings)
    assert response.json() == said(n_best=5, attention=True, beams=5)


def test_a_caption_as_it_comes(client):
    wanted = [("", '{"text":"a "}'), ("", '{"text":"picture {\'max_tokens\': 4}"}')]
    done = ("done", '{"model":"eyes","text":"a picture {\'max_tokens\': 4}"}')
    headers = {"Content-Type": "image/jpeg"}
    response = client.post("/v1/caption?stream=true&max_tokens=4", content=PICTURE, headers=headers)
    assert events(response.text) == [*wanted, done]
    form = {"stream": "true", "max_tokens": "4"}
    assert client.post("/v1/caption", files={"picture": PICTURE}, data=form).text == response.text


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"files": {"photo": PICTURE}}, "unknown file photo: send it as picture"),
        ({"files": {"picture": PICTURE}, "data": {"beams": "many"}}, "beams: expected a whole number, found 'many'"),
        ({"files": {"picture": PICTURE}, "data": {"size": "9"}}, "unknown field size"),
        ({"files": {"picture": PICTURE}, "data": {"stream": "yes"}}, "stream: expected true or false"),
        ({"files": {"picture": b"text"}}, "the picture is none"),
        ({"files": {"other": b""}}, "unknown file other"),
        ({"json": {}}, "give picture"),
        ({"json": {"picture": "x.jpg"}}, "picture: send the file itself"),
        ({"content": b"--y\r\nbroken", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, "no form"),
        ({"content": b"abc", "headers": {"Content-Type": "multipart/form-data"}}, "no form"),
        ({"content": b"", "headers": {"Content-Type": "image/png"}}, "the picture is none"),
    ],
)
def test_uploads_that_cannot_be_used(client, request_, message):
    response = client.post("/v1/caption", **request_)
    assert response.status_code == 400, response.text
    assert message in response.json()["error"]["message"]


def test_pictures_are_for_captioners(client, start):
    response = start().post("/v1/classify", content=PICTURE, headers={"Content-Type": "image/png"})
    assert response.status_code == 415
    response = client.post("/v1/caption", content=PICTURE, headers={"Content-Type": "text/plain"})
    assert "image/..." in response.json()["error"]["message"]


def test_the_description_tells_of_uploads(client):
    content = client.get("/openapi.json").json()["paths"]["/v1/caption"]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "image/*", "multipart/form-data"}
