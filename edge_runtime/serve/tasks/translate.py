"""Translation over HTTP."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.decode.settings import with_beams
from edgernn.edge_runtime.serve.fields import NUMBER, TEXT, WHOLE, YES_NO, Emit, Field, Given, Operation, list_of
from edgernn.edge_runtime.serve.tasks.base import TaskApi, streamed
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.options import TranslationOptions
from edgernn.edge_runtime.translate.outcome import Translation


def translate(model: Translator, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `Translator.translate`."""
    settings = {name: value for name, value in given.items() if name not in ("text", "texts")}
    if emit is not None:
        # Of a list the model says that it cannot be streamed.
        text: str = given["text"] if "text" in given else given["texts"]
        return {"text": streamed(model.translate(text, stream=True, **settings), emit)}
    settings = with_beams(settings, TranslationOptions.beams)
    if "text" in given:
        return _plain(model.translate(given["text"], **settings))
    return {"results": [_plain(found) for found in model.translate(given["texts"], **settings)]}


def _plain(found: list[Translation]) -> dict[str, Any]:
    return {"translations": [one.to_dict() for one in found]}


API = TaskApi(
    (
        Operation(
            "",
            "a text in the other language",
            (
                Field("text", TEXT, "one text, of any length", "I see the dog."),
                Field("texts", list_of(TEXT), "or a list of texts, which gives results"),
                Field("beams", WHOLE, "hypotheses of the beam search; 1: the likeliest token (default: 4)"),
                Field("n_best", WHOLE, "give so many translations (default: 1)"),
                Field("alignment", YES_NO, "tell which word each word came from"),
                Field("length_penalty", NUMBER, "higher: longer translations (default: 0.6)"),
                Field("coverage_penalty", NUMBER, "above 0: leave nothing of the source out (default: 0)"),
                Field("max_tokens", WHOLE, "of a sentence (default: 500)"),
                Field("max_ratio", NUMBER, "tokens for each of the source's (default: 2)"),
                Field("max_seconds", NUMBER, "end each sentence after so many seconds"),
            ),
            translate,
            one_of=("text", "texts"),
            streams=True,
        ),
    )
)
