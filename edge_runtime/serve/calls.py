"""The models' own addresses: what is served, and each task's operations."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.bodies import body_of
from edgernn.edge_runtime.serve.faults import JSON, Fault
from edgernn.edge_runtime.serve.fields import Operation
from edgernn.edge_runtime.serve.models import Served, operation_path
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.pool import Emit
from edgernn.edge_runtime.serve.state import State
from edgernn.edge_runtime.serve.work import answer

# First parts of paths that are no tasks.
_OWN = ("models", "sessions")


async def list_models(request: Request) -> Response:
    """GET /v1/models."""
    state: State = request.app.state.served
    return Response(to_json({"models": [one.to_dict() for one in state.models]}), media_type=JSON)


async def show_model(request: Request) -> Response:
    """GET /v1/models/NAME."""
    state: State = request.app.state.served
    return Response(to_json(named(request, state).to_dict()), media_type=JSON)


async def call_task(request: Request) -> Response:
    """POST /v1/TASK and /v1/TASK/OPERATION: the body may name the model."""
    state: State = request.app.state.served
    task = request.path_params["task"]
    if task in _OWN:
        raise Fault(405, "method_not_allowed", f"{request.url.path}: POST is not for this")
    api = state.models.tasks().get(task)
    if api is None:
        here = ", ".join(operation_path(one, "") for one in state.models.tasks())
        raise Fault(404, "not_found", f"no model for {task!r} is served here: there are {here}")
    operation = _operation(request, task, state)
    # For the metrics: there are as many of these as operations.
    request.scope["edgernn.route"] = operation_path(task, request.path_params.get("operation", ""))
    return await _call(request, state, operation, task, None)


async def call_model(request: Request) -> Response:
    """POST /v1/models/NAME/TASK and /v1/models/NAME/TASK/OPERATION."""
    state: State = request.app.state.served
    served = named(request, state)
    if request.path_params["task"] != served.task:
        raise Fault(
            404,
            "not_found",
            f"{served.name} is a model for {served.task}: POST to /v1/models/{served.name}/{served.task}",
        )
    return await _call(request, state, _operation(request, served.task, state), served.task, served)


def named(request: Request, state: State) -> Served:
    """The model that a path names.

    Raises:
      Fault: 404: there is none.
    """
    name = request.path_params["name"]
    served = state.models.get(name)
    if served is None:
        here = ", ".join(one.name for one in state.models)
        raise Fault(404, "no_model", f"there is no model {name!r} here: there are {here}")
    return served


def _operation(request: Request, task: str, state: State) -> Operation:
    api = state.models.tasks()[task]
    name = request.path_params.get("operation", "")
    operation = api.operation(name)
    if operation is None:
        here = ", ".join(operation_path(task, one.name) for one in api.operations)
        raise Fault(404, "not_found", f"{task} has no {name!r}: there are {here}")
    return operation


async def _call(request: Request, state: State, operation: Operation, task: str, served: Served | None) -> Response:
    def compute(data: bytes, emit: Emit) -> bytes:
        body = body_of(operation, request.headers, dict(request.query_params), data)
        chosen = served or state.models.choose(body.get("model"), task)
        if served is not None and body.get("model") not in (None, served.name):
            raise InputError(f"model: the address says {served.name}, and the body {body['model']!r}: leave one out")
        return _computed(operation, chosen, body, emit)

    return await answer(request, state, compute)


def _computed(operation: Operation, served: Served, body: dict[str, Any], emit: Emit) -> bytes:
    given = operation.check(body)
    if not body.get("stream"):
        return to_json({"model": served.name, **operation.call(served.model, given, None)})
    began = False

    def part(text: Any) -> None:
        nonlocal began
        began = True
        emit(text)

    found = operation.call(served.model, given, part)
    if not began:  # an empty text is a stream too
        emit(None)
    return to_json({"model": served.name, **found})
