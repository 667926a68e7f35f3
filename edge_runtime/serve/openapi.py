"""The server's description in OpenAPI 3.1, out of what the operations declare."""

from __future__ import annotations

import importlib.metadata
from typing import Any

from edgernn.edge_runtime.serve.fields import OBJECT, TEXT, YES_NO, Operation
from edgernn.edge_runtime.serve.models import Models, operation_path

_ERROR = {"$ref": "#/components/schemas/Error"}
_FAILURES = {
    "400": "what was sent cannot be used",
    "413": "the body is too large",
    "429": "as much is under way as is allowed: Retry-After says when to try again",
    "504": "it took too long",
}
_NAME = {"name": "name", "in": "path", "required": True, "schema": TEXT, "description": "of the model"}
_ID = {"name": "id", "in": "path", "required": True, "schema": TEXT, "description": "of the session"}


def describe(models: Models, needs_token: bool) -> dict[str, Any]:
    """The document.

    Args:
      models: that are served.
      needs_token: whether clients must show one.
    """
    paths: dict[str, Any] = {}
    for task, api in models.tasks().items():
        names = [one.name for one in models if one.task == task]
        for operation in api.operations:
            paths[operation_path(task, operation.name)] = {"post": _call(operation, names)}
            path = operation_path(task, operation.name).replace("/v1/", "/v1/models/{name}/", 1)
            paths[path] = {"post": {**_call(operation, []), "parameters": [_NAME]}}
    paths.update(_others(models))
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "edgernn serve", "version": importlib.metadata.version("edgernn")},
        "paths": paths,
        "components": {"schemas": {"Error": _error_schema()}},
    }
    if needs_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def _call(operation: Operation, names: list[str]) -> dict[str, Any]:
    content = {"application/json": {"schema": _body(operation, names)}}
    if operation.upload:
        content["image/*"] = {"schema": {"type": "string", "format": "binary"}}
        content["multipart/form-data"] = {"schema": _body(operation, names)}
    answers: dict[str, Any] = {
        "200": {"description": "the answer", "content": {"application/json": {"schema": OBJECT}}}
    }
    if operation.streams:
        events = 'parts as data: {"text": ...}, then the event done with the whole answer, or error'
        answers["200"]["content"]["text/event-stream"] = {"schema": {"type": "string", "description": events}}
    return {
        "summary": operation.summary,
        "requestBody": {"required": True, "content": content},
        "responses": _with_failures(answers),
    }


def _body(operation: Operation, names: list[str]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for field in operation.fields:
        properties[field.name] = {**field.schema, "description": field.help}
        if field.example is not None:
            properties[field.name]["examples"] = [field.example]
    if names:
        needed = "" if len(names) == 1 else " (needed: there are several)"
        properties["model"] = {"type": "string", "enum": names, "description": f"which model{needed}"}
    if operation.streams:
        properties["stream"] = {**YES_NO, "description": "give the answer part by part"}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if operation.one_of:
        schema["oneOf"] = [{"required": [name]} for name in operation.one_of]
    return schema


def _others(models: Models) -> dict[str, Any]:
    paths: dict[str, Any] = {
        "/v1/models": {"get": _plain("the models: task, size, hash, self-test, inputs and outputs")},
        "/v1/models/{name}": {"get": {**_plain("one model"), "parameters": [_NAME]}},
        "/health": {"get": _plain("whether the server is well: 200, or 503")},
        "/metrics": {"get": _plain("numbers for Prometheus", "text/plain")},
    }
    if any(one.has_sessions() for one in models):
        names = [one.name for one in models if one.has_sessions()]
        opened = {"type": "object", "properties": {"model": {"type": "string", "enum": names}}}
        values = {name: {"description": text} for name, text in _ACTIONS.items()}
        used = {"type": "object", "properties": values, "minProperties": 1, "maxProperties": 1}
        paths["/v1/sessions"] = {"post": _with_body("opens a session, which keeps the model's state", opened, "201")}
        paths["/v1/sessions/{id}"] = {
            "parameters": [_ID],
            "post": _with_body("goes on with a session", used),
            "get": _plain("how far a session is, and when it expires"),
            "delete": {"summary": "closes a session", "responses": {"204": {"description": "closed"}}},
        }
    return paths


_ACTIONS = {
    "step": "the next value: a number, a word, or arrays by input name",
    "run": "many values, or arrays of many steps",
    "reset": "true: begin anew",
}


def _plain(summary: str, kind: str = "application/json") -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": {"description": "the answer", "content": {kind: {}}}}}


def _with_body(summary: str, schema: dict[str, Any], status: str = "200") -> dict[str, Any]:
    answers = {status: {"description": "the answer", "content": {"application/json": {"schema": OBJECT}}}}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"summary": summary, "requestBody": body, "responses": _with_failures(answers)}


def _with_failures(answers: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": _ERROR}}
    return {**answers, **{status: {"description": text, "content": content} for status, text in _FAILURES.items()}}


def _error_schema() -> dict[str, Any]:
    parts = {
        "code": {**TEXT, "description": "for programs"},
        "message": {**TEXT, "description": "for people, one line"},
    }
    inner = {"type": "object", "properties": parts, "required": list(parts)}
    return {"type": "object", "properties": {"error": inner}, "required": ["error"]}
