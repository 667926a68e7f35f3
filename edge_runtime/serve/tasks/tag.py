"""Tagging over HTTP."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.fields import TEXT, Emit, Field, Given, Operation, list_of
from edgernn.edge_runtime.serve.tasks.base import SessionApi, TaskApi
from edgernn.edge_runtime.tag.outcome import Tagging
from edgernn.edge_runtime.tag.session import TagSession
from edgernn.edge_runtime.tasks.tag import SequenceTagger

# What is one sentence to the model goes through the engine in one piece, which nothing ends.
_MOST_TOKENS = 10_000


def tag(model: SequenceTagger, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `SequenceTagger.tag`."""
    if "text" in given:
        return model.tag(given["text"]).to_dict()
    if "texts" in given:
        return {"results": [found.to_dict() for found in model.tag_many(given["texts"])]}
    if len(given["tokens"]) > _MOST_TOKENS:
        raise InputError(f"tokens: {len(given['tokens']):,} words in a sentence, more than {_MOST_TOKENS:,}: cut it")
    return model.tag(given["tokens"]).to_dict()


def step(model: SequenceTagger, session: TagSession, word: Any) -> dict[str, Any]:
    """As `TagSession.step`."""
    token = session.step(word)
    found: dict[str, Any] = Tagging("", [token], {}, ()).to_dict()["tokens"][0]
    return found


API = TaskApi(
    (
        Operation(
            "",
            "the words of a text with their labels, and its entities",
            (
                Field("text", TEXT, "one text", "Ada Byron visited Rome."),
                Field("texts", list_of(TEXT), "or a list of texts, which gives results"),
                Field("tokens", list_of(TEXT), "or the words of one sentence, taken as they are"),
            ),
            tag,
            one_of=("text", "texts", "tokens"),
        ),
    ),
    SessionApi(step, TEXT, "Rome"),
)
