"""The application: every address, and what is told of those that there are not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from edgernn.edge_runtime.serve import calls, pages, session_calls
from edgernn.edge_runtime.serve.faults import Fault, fault_of
from edgernn.edge_runtime.serve.guard import Guard
from edgernn.edge_runtime.serve.health import show_health, show_metrics
from edgernn.edge_runtime.serve.metrics import Metrics
from edgernn.edge_runtime.serve.models import Models
from edgernn.edge_runtime.serve.options import ServeOptions
from edgernn.edge_runtime.serve.pool import Pool
from edgernn.edge_runtime.serve.state import State
from edgernn.edge_runtime.serve.store import SessionStore

_Endpoint = Callable[[Request], Awaitable[Response]]
_SWEEP_SECONDS = 5.0
_MOST_NAMES = 200


def make_state(models: Models, options: ServeOptions, hosts: frozenset[str] | None = None) -> State:
    """What a server needs, its threads started.

    Args:
      models: that are served.
      options: the limits.
      hosts: see `State`.
    """
    state = State(
        options,
        models,
        Pool(options.workers, options.queue),
        SessionStore(options.sessions, options.session_idle),
        Metrics(models),
        hosts,
    )
    state.metrics.watch("edgernn_calls_running", "Calls of models under way.", lambda: state.pool.running)
    state.metrics.watch("edgernn_queue_waiting", "Requests that wait for a thread.", lambda: state.pool.waiting)
    state.metrics.watch("edgernn_sessions", "Sessions that are open.", lambda: len(state.sessions))
    return state


def make_app(state: State) -> ASGIApp:
    """The ASGI application."""
    app = Starlette(
        routes=[
            _route("/", pages.show_try, "GET"),
            _route("/docs", pages.show_docs, "GET"),
            _route("/openapi.json", pages.show_openapi, "GET"),
            _route("/health", show_health, "GET"),
            _route("/metrics", show_metrics, "GET"),
            _route("/v1/models", calls.list_models, "GET"),
            _route("/v1/models/{name}", calls.show_model, "GET"),
            _route("/v1/models/{name}/{task}", calls.call_model, "POST"),
            _route("/v1/models/{name}/{task}/{operation}", calls.call_model, "POST"),
            _route("/v1/sessions", session_calls.open_session, "POST"),
            _route("/v1/sessions/{id}", session_calls.use_session, "POST"),
            _route("/v1/sessions/{id}", session_calls.show_session, "GET"),
            _route("/v1/sessions/{id}", session_calls.close_session, "DELETE"),
            _route("/v1/{task}", calls.call_task, "POST"),
            _route("/v1/{task}/{operation}", calls.call_task, "POST"),
        ],
        exception_handlers={HTTPException: _tell_http},
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    app.state.served = state
    return Guard(app, state)


def _route(path: str, endpoint: _Endpoint, method: str) -> Route:
    async def answer(request: Request) -> Response:
        request.scope["edgernn.route"] = path
        try:
            return await endpoint(request)
        except Exception as error:
            return fault_of(error, request.app.state.served.options.timeout).response()

    return Route(path, answer, methods=[method])


async def _tell_http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses."""
    assert isinstance(error, HTTPException)
    path = request.url.path[:_MOST_NAMES]
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        return Fault(
            405, "method_not_allowed", f"{path}: {request.method} is not for this: {allowed}", error.headers
        ).response()
    return Fault(error.status_code, "not_found", f"{path}: there is nothing here: /docs tells what there is").response()


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    sweeper = asyncio.create_task(_sweep(app.state.served))
    try:
        yield
    finally:
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper


async def _sweep(state: State) -> None:
    """Sessions that nobody asks for any more must go, too."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        state.sessions.sweep()
