"""Classification over HTTP."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.fields import TEXT, WHOLE, Emit, Field, Given, Operation, list_of
from edgernn.edge_runtime.serve.tasks.base import TaskApi
from edgernn.edge_runtime.tasks.classify import Category, TextClassifier


def classify(model: TextClassifier, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `TextClassifier.classify`."""
    top = given.get("top")
    if top is not None and top < 1:
        raise InputError(f"top: expected 1 or more, found {top}")
    if "text" in given:
        return _plain(model.classify(given["text"])[:top])
    texts: list[str] = given["texts"]
    return {"results": [_plain(found[:top]) for found in model.classify(texts)]}


def _plain(found: list[Category]) -> dict[str, Any]:
    return {"categories": [{"label": one.label, "score": one.score} for one in found]}


API = TaskApi(
    (
        Operation(
            "",
            "the categories of a text, the most probable first",
            (
                Field("text", TEXT, "one text", "storm and rain"),
                Field("texts", list_of(TEXT), "or a list of texts, which gives results"),
                Field("top", WHOLE, "only the most probable so many (default: all)"),
            ),
            classify,
            one_of=("text", "texts"),
        ),
    )
)
