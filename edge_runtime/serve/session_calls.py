"""The addresses of sessions: opened, stepped, looked at, closed."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.bodies import body_of
from edgernn.edge_runtime.serve.faults import JSON, Fault
from edgernn.edge_runtime.serve.models import Models, Served
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.pool import Emit
from edgernn.edge_runtime.serve.state import State
from edgernn.edge_runtime.serve.store import Entry
from edgernn.edge_runtime.serve.work import answer

_ACTIONS = ("step", "run", "reset")


async def open_session(request: Request) -> Response:
    """POST /v1/sessions with {"model": NAME}."""
    state: State = request.app.state.served
    made: list[tuple[Served, Any]] = []

    def compute(data: bytes, emit: Emit) -> bytes:
        served = _chosen(state.models, body_of(None, request.headers, {}, data) if data else {})
        made.append((served, served.model.session()))
        return b""

    state.sessions.reserve()
    try:
        response = await answer(request, state, compute, watch=False)
    except BaseException:
        state.sessions.give_up()
        raise
    if not made:  # the client has gone
        state.sessions.give_up()
        return response
    entry = state.sessions.add(*made[0])
    headers = {"Location": f"/v1/sessions/{entry.id}", "Cache-Control": "no-store"}
    return Response(to_json(_document(entry, state)), 201, headers, JSON)


async def use_session(request: Request) -> Response:
    """POST /v1/sessions/ID with {"step": VALUE}, {"run": VALUES} or {"reset": true}."""
    state: State = request.app.state.served
    entry = state.sessions.get(request.path_params["id"])
    if entry.busy:
        raise Fault(409, "session_busy", "the session is at another step: wait for its answer before you send the next")

    def compute(data: bytes, emit: Emit) -> bytes:
        return to_json({"model": entry.served.name, **_used(entry, body_of(None, request.headers, {}, data))})

    entry.busy = True
    try:
        # Where the client goes, the step is taken all the same: it must not be left half-way.
        return await answer(request, state, compute, watch=False)
    except (Fault, asyncio.CancelledError) as error:
        if not isinstance(error, Fault) or (error.status == 504):
            # Which steps have been taken is not known.
            state.sessions.drop(entry)
        if isinstance(error, Fault) and error.status == 504:
            raise Fault(504, "timeout", f"{error}; the session is closed: nobody knows how far it came") from error
        raise
    finally:
        entry.busy = False
        state.sessions.touch(entry)


async def show_session(request: Request) -> Response:
    """GET /v1/sessions/ID."""
    state: State = request.app.state.served
    entry = state.sessions.get(request.path_params["id"])
    return Response(to_json(_document(entry, state)), headers={"Cache-Control": "no-store"}, media_type=JSON)


async def close_session(request: Request) -> Response:
    """DELETE /v1/sessions/ID."""
    state: State = request.app.state.served
    state.sessions.drop(state.sessions.get(request.path_params["id"]))
    return Response(status_code=204)


def _chosen(models: Models, body: dict[str, Any]) -> Served:
    if unknown := sorted(set(body) - {"model"}):
        raise InputError(f"unknown field {', '.join(unknown)}: there is model")
    fitting = [one for one in models if one.has_sessions()]
    if not fitting:
        raise InputError("no model that is served here has sessions: they need one that reads forward, step by step")
    if "model" not in body and len(fitting) == 1:
        return fitting[0]
    served = models.choose(body.get("model"))
    if served not in fitting:
        names = ", ".join(one.name for one in fitting)
        raise InputError(f"model: {served.name} has no sessions: those that have are {names}")
    return served


def _used(entry: Entry, body: dict[str, Any]) -> dict[str, Any]:
    """Does what a body asks; on a worker's thread, alone with its session."""
    given = [name for name in _ACTIONS if name in body]
    if len(given) != 1 or len(body) != 1:
        raise InputError('give one of step, run and reset, as in {"step": VALUE}, and nothing else')
    if given == ["reset"]:
        if body["reset"] is not True:
            raise InputError("reset: expected true")
        entry.session.reset()
        entry.steps = 0
        return {"steps": 0}
    found = _stepped(entry, body["step"]) if given == ["step"] else _run(entry, body["run"])
    return {"steps": entry.steps, **found}


def _stepped(entry: Entry, value: Any) -> dict[str, Any]:
    api = entry.served.api.sessions
    assert api is not None  # it could not be opened otherwise
    found = api.step(entry.served.model, entry.session, value)
    entry.steps += 1
    return found


def _run(entry: Entry, values: Any) -> dict[str, Any]:
    api = entry.served.api.sessions
    assert api is not None  # it could not be opened otherwise
    if api.run is not None:
        found, steps = api.run(entry.served.model, entry.session, values)
        entry.steps += steps
        return found
    if not isinstance(values, list):
        raise InputError("run: expected a list of values, each as step takes one")
    results = []
    for number, value in enumerate(values):
        try:
            results.append(_stepped(entry, value))
        except InputError as error:
            raise InputError(f"run: value {number + 1}: {error} (those before it have been taken)") from error
    return {"results": results}


def _document(entry: Entry, state: State) -> dict[str, Any]:
    return {
        "id": entry.id,
        "model": entry.served.name,
        "task": entry.served.task,
        "steps": entry.steps,
        "expires_in": round(state.sessions.expires_in(entry), 1),
    }
