"""Captions of pictures over HTTP: the picture is the request's body, or a field of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.decode.settings import with_beams
from edgernn.edge_runtime.serve.deadline import DeadlineLock
from edgernn.edge_runtime.serve.fields import FILE, NUMBER, WHOLE, YES_NO, Emit, Field, Given, Operation
from edgernn.edge_runtime.serve.tasks.base import TaskApi, streamed

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.caption import ImageCaptioner

# A picture may take 150 MB while it is read: a small device has room for one. The engine is one at a time anyway.
_one_picture = DeadlineLock()


def caption(model: ImageCaptioner, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `ImageCaptioner.caption`."""
    settings = {name: value for name, value in given.items() if name != "picture"}
    picture: bytes = given["picture"]
    with _one_picture:
        if emit is not None:
            return {"text": streamed(model.caption(picture, stream=True, **settings), emit)}
        settings = with_beams(settings, CaptionOptions.beams)
        return {"captions": [one.to_dict() for one in model.caption(picture, **settings)]}


API = TaskApi(
    (
        Operation(
            "",
            "what is in a picture, in a sentence",
            (
                Field("picture", FILE, "a JPEG, PNG, WebP, GIF, BMP or TIFF file"),
                Field("beams", WHOLE, "hypotheses of the beam search; 1: the likeliest token (default: 3)"),
                Field("n_best", WHOLE, "give so many captions (default: 1)"),
                Field("length_penalty", NUMBER, "higher: longer captions (default: 2)"),
                Field("max_tokens", WHOLE, "of a caption"),
                Field("max_seconds", NUMBER, "end the caption after so many seconds"),
                Field("attention", YES_NO, "tell where each word looked"),
            ),
            caption,
            one_of=("picture",),
            streams=True,
            upload="picture",
        ),
    )
)
