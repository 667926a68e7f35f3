"""Language models over HTTP: text that goes on, and the words that may come."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.serve.deadline import Overdue
from edgernn.edge_runtime.serve.fields import NUMBER, TEXT, WHOLE, Emit, Field, Given, Operation, either, list_of
from edgernn.edge_runtime.serve.tasks.base import TaskApi
from edgernn.edge_runtime.tasks.lm import LanguageModel


def complete(model: LanguageModel, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `LanguageModel.generate`; a text that takes too long is cut, and says so."""
    settings = {name: value for name, value in given.items() if name != "prompt"}
    parts: list[str] = []
    cut = False
    try:
        for part in model.generate(given.get("prompt", ""), stream=True, **settings):
            parts.append(part)
            if emit is not None:
                emit(part)
    except Overdue:
        if not parts:
            raise
        cut = True
    return {"text": "".join(parts), "cut": cut}


def suggest(model: LanguageModel, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `LanguageModel.next_tokens`."""
    found = model.next_tokens(given["text"], given.get("k", 3))
    return {"words": [{"text": one.text, "score": one.score, "completes": one.completes} for one in found]}


API = TaskApi(
    (
        Operation(
            "complete",
            "text that goes on from a prompt",
            (
                Field("prompt", TEXT, "go on from this text", "Once upon a time"),
                Field("max_tokens", WHOLE, "tokens to generate at most (default: 50)", 50),
                Field("temperature", NUMBER, "0: always the most probable token (default: 0.8)"),
                Field("top_k", WHOLE, "draw from so many of the most probable tokens; 0: all (default: 40)"),
                Field("top_p", NUMBER, "draw from the most probable tokens that add up to it (default: 0.95)"),
                Field("min_p", NUMBER, "draw from tokens with this part of the greatest probability (default: 0)"),
                Field("repetition_penalty", NUMBER, "above 1: repeat less (default: 1)"),
                Field("beams", WHOLE, "beam search with so many hypotheses (default: 1, none)"),
                Field("length_penalty", NUMBER, "of the beam search; higher: longer texts (default: 1)"),
                Field("stop", either(TEXT, list_of(TEXT)), "end before this text, or before the first of several"),
                Field("max_seconds", NUMBER, "end the text after so many seconds"),
                Field("seed", WHOLE, "the same seed gives the same text (default: another one each time)"),
            ),
            complete,
            streams=True,
        ),
        Operation(
            "next",
            "the words that may come, or that complete the one being typed",
            (
                Field("text", TEXT, "what has been typed; a blank at its end says that its last word is whole", "I w"),
                Field("k", WHOLE, "words at most (default: 3)"),
            ),
            suggest,
            one_of=("text",),
        ),
    )
)
