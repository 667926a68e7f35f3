"""Reads a request's body, and no more of it than is allowed."""

from __future__ import annotations

import io
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.faults import JSON, Fault
from edgernn.edge_runtime.serve.fields import YES_NO, Field, Operation, from_text
from edgernn.edge_runtime.serve.plain import from_json

_FORM = "multipart/form-data"


async def read_body(request: Request, most: int) -> bytes:
    """The whole body.

    Raises:
      Fault: 413: it is larger than `most` bytes.
      ClientDisconnect: it does not come to its end.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
    return b"".join(parts)


def _too_large(most: int) -> Fault:
    return Fault(413, "body_too_large", f"the body is larger than {most:,} bytes, which is all that --max-body allows")


def body_of(operation: Operation | None, headers: Headers, query: dict[str, str], data: bytes) -> dict[str, Any]:
    """The fields of a body.

    Args:
      operation: that was asked for; one with an upload takes a file, or a form with a file, too.
      headers: of the request.
      query: fields that stand beside a file.
      data: the body.

    Raises:
      InputError: the body cannot be read as what it says that it is.
      Fault: 415: of another type. A page of another origin cannot send these types unasked.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == JSON:
        return from_json(data)
    if operation is not None and operation.upload:
        if kind == _FORM:
            return _form(operation, headers, data)
        if kind.startswith("image/") or kind == "application/octet-stream":
            return {**_texts(operation, query), operation.upload: data}
    expected = f"{JSON}, image/... or {_FORM}" if operation is not None and operation.upload else JSON
    raise Fault(415, "unsupported_media_type", f"Content-Type: expected {expected}, found {kind or 'none'}")


def _texts(operation: Operation, given: dict[str, str]) -> dict[str, Any]:
    known = {field.name: field for field in (*operation.fields, Field("stream", YES_NO, ""))}
    return {name: from_text(known.get(name, Field(name, {}, "")), text) for name, text in given.items()}


def _form(operation: Operation, headers: Headers, data: bytes) -> dict[str, Any]:
    from python_multipart import parse_form
    from python_multipart.exceptions import FormParserError

    texts: dict[str, str] = {}
    files: dict[str, bytes] = {}

    def on_field(field: Any) -> None:
        texts[field.field_name.decode("utf-8", "replace")] = (field.value or b"").decode("utf-8", "replace")

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        files[(file.field_name or b"").decode("utf-8", "replace")] = file.file_object.read()
        file.close()

    kind = headers["content-type"].encode("latin-1")
    try:
        parse_form({"Content-Type": kind}, io.BytesIO(data), on_field, on_file)
    except (FormParserError, ValueError) as error:
        raise InputError(f"the body is no form that can be read: {error}") from error
    if strange := sorted(set(files) - {operation.upload}):
        raise InputError(f"unknown file {', '.join(strange)}: send it as {operation.upload}")
    return {**_texts(operation, texts), **files}


__all__ = ["ClientDisconnect", "body_of", "read_body"]
