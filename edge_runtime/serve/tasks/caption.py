"""Captions of pictures over HTTP: the picture is the request's body, or a field of a form."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.serve.fields import FILE, NUMBER, WHOLE, Emit, Field, Given, Operation
from edgernn.edge_runtime.serve.tasks.base import TaskApi


def caption(model: Any, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `ImageCaptioner.caption`."""
    settings = {name: value for name, value in given.items() if name != "picture"}
    found = model.caption(given["picture"], **settings)
    return {"captions": [{"text": one.text, "score": one.score} for one in found]}


API = TaskApi(
    (
        Operation(
            "",
            "what is in a picture, in a sentence",
            (
                Field("picture", FILE, "a JPEG, PNG, WebP, GIF, BMP or TIFF file"),
                Field("beams", WHOLE, "hypotheses of the beam search (default: 3)"),
                Field("max_seconds", NUMBER, "end after so many seconds"),
            ),
            caption,
            one_of=("picture",),
            upload="picture",
        ),
    )
)
