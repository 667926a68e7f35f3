"""A request that needs a model: its place, its body, its call, and its answer, each within its bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from edgernn.edge_runtime.serve.bodies import read_body
from edgernn.edge_runtime.serve.deadline import Deadline, Overdue
from edgernn.edge_runtime.serve.faults import JSON, Fault, fault_of
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.pool import Emit, Event, Job
from edgernn.edge_runtime.serve.state import State

# Made of the body's bytes, on a worker's thread; the first part that it hands out makes the answer a stream.
Compute = Callable[[bytes, Emit], bytes]
# Seconds that a call may overrun before its client is answered without it: between two calls of the engine the worker
# notices by itself, and has more to say.
_GRACE = 0.25
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
    event = await _first(request, job, watch)
    if event is None:
        return _CLIENT_GONE
    if event.kind == "part":
        headers = {**_NO_CACHE, "X-Accel-Buffering": "no"}
        return StreamingResponse(_stream(job, event, state), media_type="text/event-stream", headers=headers)
    return Response(_value(event, state), status, _NO_CACHE, JSON)


async def _body(request: Request, state: State, deadline: Deadline) -> bytes | None:
    """The body, or None where the client has gone."""
    try:
        return await asyncio.wait_for(read_body(request, state.options.max_body), deadline.left())
    except asyncio.TimeoutError:
        raise Fault(408, "slow_body", f"the body did not come within {state.options.timeout:g} s") from None
    except ClientDisconnect:
        return None


async def _first(request: Request, job: Job, watch: bool) -> Event | None:
    """A call's first event, or None where the client goes before."""
    coming = asyncio.ensure_future(job.next())
    gone = asyncio.ensure_future(_disconnected(request)) if watch else None
    try:
        waited = {coming} if gone is None else {coming, gone}
        await asyncio.wait(waited, timeout=job.deadline.left() + _GRACE, return_when=asyncio.FIRST_COMPLETED)
        if coming.done():
            return coming.result()
        job.deadline.cancel()
        return None if gone is not None and gone.done() else Event("failed", Overdue())
    finally:
        for task in (coming, gone):
            await _cancelled(task)


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _cancelled(task: asyncio.Future[object] | asyncio.Future[Event] | asyncio.Future[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _value(event: Event, state: State) -> bytes:
    if event.kind == "failed":
        raise fault_of(event.value, state.options.timeout)
    found: bytes = event.value
    return found


async def _stream(job: Job, event: Event, state: State) -> AsyncIterator[bytes]:
    """Server-sent events: the parts as they come, then `done` with the whole answer, or `error`."""
    try:
        while event.kind == "part":
            if event.value is not None:
                yield b"data: " + to_json({"text": event.value}) + b"\n\n"
            event = await _within(job)
        if event.kind == "done":
            yield b"event: done\ndata: " + event.value + b"\n\n"
        else:
            fault = fault_of(event.value, state.options.timeout)
            yield b"event: error\ndata: " + to_json(fault.document()) + b"\n\n"
    finally:
        # Also where the client has gone.
        job.deadline.cancel()


async def _within(job: Job) -> Event:
    try:
        return await asyncio.wait_for(job.next(), job.deadline.left() + _GRACE)
    except asyncio.TimeoutError:
        return Event("failed", Overdue())
