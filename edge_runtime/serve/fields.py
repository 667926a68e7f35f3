"""What an operation takes: declared once, for the check of requests, for OpenAPI and for the page alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError

Emit = Callable[[Any], None]
Given = dict[str, Any]
# Of the server itself, in every body.
COMMON = ("model", "stream")

TEXT: Mapping[str, Any] = {"type": "string"}
WHOLE: Mapping[str, Any] = {"type": "integer"}
NUMBER: Mapping[str, Any] = {"type": "number"}
YES_NO: Mapping[str, Any] = {"type": "boolean"}
OBJECT: Mapping[str, Any] = {"type": "object"}
FILE: Mapping[str, Any] = {"type": "string", "format": "binary"}
VALUES: Mapping[str, Any] = {"type": "array", "items": {"type": ["number", "null"]}}


def list_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a list."""
    return {"type": "array", "items": schema}


def either(*schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of what fits one of several."""
    return {"anyOf": list(schemas)}


@dataclass(frozen=True)
class Field:
    """One field of a request's body.

    Attributes:
      name: in the body.
      schema: JSON Schema: `type`, `items`, `anyOf`; {} takes anything.
      help: one phrase.
      example: for the page and for OpenAPI, or None.
    """

    name: str
    schema: Mapping[str, Any]
    help: str
    example: Any = None


@dataclass(frozen=True)
class Operation:
    """Something that a task's models do.

    Attributes:
      name: last part of the path, "" for the task's own path.
      summary: one phrase.
      fields: of the body, beside `model` and `stream`.
      call: the model, the checked fields, and where to put parts (None: not streamed) -> the answer's JSON.
      one_of: of these fields exactly one must be given.
      streams: whether `stream` gives the answer part by part.
      upload: the field that a file's bytes go into, or "".
      answer: field of the answer that streamed parts add up to.
    """

    name: str
    summary: str
    fields: tuple[Field, ...]
    call: Callable[[Any, Given, Emit | None], dict[str, Any]]
    one_of: tuple[str, ...] = ()
    streams: bool = False
    upload: str = ""
    answer: str = "text"

    def check(self, body: Mapping[str, Any]) -> Given:
        """The fields that were given; null counts as not given.

        Raises:
          InputError: naming every fault at once.
        """
        given = {name: value for name, value in body.items() if value is not None and name not in COMMON}
        faults = list(self._faults(given))
        if body.get("stream") and not self.streams:
            faults.append("stream: this is not streamed: leave it out")
        faults.extend(_mismatches(body.get("stream", False), YES_NO, "stream"))
        if faults:
            raise InputError("; ".join(faults))
        return given

    def _faults(self, given: Given) -> Iterator[str]:
        known = {field.name: field for field in self.fields}
        if unknown := sorted(set(given) - set(known)):
            yield f"unknown field {', '.join(unknown)}: there are {', '.join((*known, 'model'))}"
        if self.one_of and len(set(given) & set(self.one_of)) != 1:
            wanted = self.one_of[0] if len(self.one_of) == 1 else f"one of {', '.join(self.one_of)}"
            yield f"give {wanted}"
        for name, value in given.items():
            if name in known:
                yield from _mismatches(value, known[name].schema, name)


def from_text(field: Field, text: str) -> Any:
    """The value of a form's field, which is text.

    Raises:
      InputError: it is none of the field's type.
    """
    kind = field.schema.get("type")
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        raise InputError(f"{field.name}: expected {_EXPECTED[str(kind)]}, found {text!r}") from None
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_EXPECTED = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a finite number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _mismatches(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """The first fault of a value, if there is one: a list of a million texts is not told a million times."""
    if schema is FILE:
        # A text would be taken for the name of a file of the server's own.
        if not isinstance(value, bytes):
            yield f"{where}: send the file itself, as the body or as a field of a form"
        return
    if "anyOf" in schema:
        if all(any(_mismatches(value, one, where)) for one in schema["anyOf"]):
            yield next(_mismatches(value, schema["anyOf"][0], where))
        return
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{where}: expected {' or '.join(_EXPECTED[kind] for kind in kinds)}, found {_shown(value)}"
    elif isinstance(value, list) and "items" in schema:
        faults = (
            fault for n, item in enumerate(value) for fault in _mismatches(item, schema["items"], f"{where}[{n}]")
        )
        if fault := next(faults, None):
            yield fault


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind]) and (kind != "number" or _is_finite(value))


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond all floats
        return False


def _shown(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
