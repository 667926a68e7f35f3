"""Answers that come part by part, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edgernn.edge_runtime.serve.deadline import Overdue
from edgernn.edge_runtime.serve.faults import fault_of
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.pool import Event, Job

# Seconds that a call may overrun before its client is answered without it: between two calls of the engine the worker
# notices by itself, and has more to say.
GRACE = 0.25


class EventStream(Response):
    """The parts of a call as they come, then `done` with the whole answer, or `error`.

    Args:
      job: the call.
      events: its first ones.
      seconds: that a call may take.
    """

    media_type = "text/event-stream"

    def __init__(self, job: Job, events: Sequence[Event], seconds: float) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._job, self._events, self._seconds = job, events, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI. Where the client goes, the call ends, and with it its events: nothing here is cut off."""
        listener = asyncio.ensure_future(self._listen(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            events = self._events
            while events[-1].kind == "part":
                await send({"type": "http.response.body", "body": self._encoded(events), "more_body": True})
                events = await self._next()
            await send({"type": "http.response.body", "body": self._encoded(events), "more_body": False})
        finally:
            self._job.deadline.cancel()
            await cancelled(listener)

    async def _listen(self, receive: Receive) -> None:
        await until_disconnected(receive)
        self._job.deadline.cancel()

    async def _next(self) -> Sequence[Event]:
        with anyio.move_on_after(self._job.deadline.left() + GRACE):
            return await self._job.take()
        return [Event("failed", Overdue())]

    def _encoded(self, events: Sequence[Event]) -> bytes:
        return b"".join(self._one(event) for event in events)

    def _one(self, event: Event) -> bytes:
        if event.kind == "done":
            return b"".join((b"event: done\ndata: ", event.value, b"\n\n"))
        if event.kind == "failed":
            return b"event: error\ndata: " + to_json(fault_of(event.value, self._seconds).document()) + b"\n\n"
        # An empty text is a stream too: it begins with nothing.
        return b"" if event.value is None else b"data: " + to_json({"text": event.value}) + b"\n\n"


async def until_disconnected(receive: Receive) -> None:
    """Waits until the client has gone, or has its whole answer."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def cancelled(task: asyncio.Future[Any] | None) -> None:
    """Ends a task, and waits for its end."""
    if task is not None and not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
