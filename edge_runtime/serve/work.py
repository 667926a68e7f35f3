"""A request that needs a model: its place, its body, its call, and its answer, each within its bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from edgernn.edge_runtime.serve.bodies import read_body
from edgernn.edge_runtime.serve.deadline import Deadline, Overdue
from edgernn.edge_runtime.serve.faults import JSON, Fault, fault_of
from edgernn.edge_runtime.serve.pool import Emit, Event, Job
from edgernn.edge_runtime.serve.state import State
from edgernn.edge_runtime.serve.stream import GRACE, EventStream, cancelled, until_disconnected

# Made of the body's bytes, on a worker's thread; the first part that it hands out makes the answer a stream.
Compute = Callable[[bytes, Emit], bytes]
# Nobody reads it.
_CLIENT_GONE = Response(status_code=499)
_NO_CACHE = {"Cache-Control": "no-store"}


async def answer(request: Request, state: State, compute: Compute, status: int = 200, watch: bool = True) -> Response:
    """Computes and answers.

    Args:
      request: its body is still to be read.
      state: of the server.
      compute: what to compute.
      status: of a whole answer.
      watch: whether the call ends when the client goes; otherwise it is computed all the same.

    Raises:
      Fault: it cannot be answered.
    """
    if state.draining:
        raise Fault(503, "draining", "the server is about to end: try again later", {"Retry-After": "5"})
    with state.pool.admit() as place:
        deadline = Deadline(state.options.timeout)
        data = await _body(request, state, deadline)
        if data is None:
            return _CLIENT_GONE
        job = Job(lambda emit: compute(data, emit), deadline)
        place.submit(job)
    found = await _first(request, job, watch)
    if not found:
        return _CLIENT_GONE
    if found[0].kind == "part":
        return EventStream(job, found, state.options.timeout)
    return Response(_value(found[0], state), status, _NO_CACHE, JSON)


async def _body(request: Request, state: State, deadline: Deadline) -> bytes | None:
    """The body, or None where the client has gone."""
    try:
        with anyio.move_on_after(deadline.left()):
            return await read_body(request, state.options.max_body)
    except ClientDisconnect:
        return None
    raise Fault(408, "slow_body", f"the body did not come within {state.options.timeout:g} s")


async def _first(request: Request, job: Job, watch: bool) -> list[Event]:
    """A call's first events, or none where the client goes before."""
    coming = asyncio.ensure_future(job.take())
    gone = asyncio.ensure_future(until_disconnected(request.receive)) if watch else None
    try:
        waited: set[asyncio.Future[Any]] = {coming} if gone is None else {coming, gone}
        await asyncio.wait(waited, timeout=job.deadline.left() + GRACE, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
        job.deadline.cancel()
        return [] if gone is not None and gone.done() else [Event("failed", Overdue())]
    finally:
        await cancelled(coming)
        await cancelled(gone)


def _value(event: Event, state: State) -> bytes:
    if event.kind == "failed":
        raise fault_of(event.value, state.options.timeout)
    found: bytes = event.value
    return found
