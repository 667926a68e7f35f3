"""What every request passes: who may ask, how long it may take, and what is told of failures."""

from __future__ import annotations

import hmac
from time import monotonic
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edgernn.edge_runtime.serve.deadline import Overdue
from edgernn.edge_runtime.serve.faults import Fault, fault_of
from edgernn.edge_runtime.serve.state import State

# Open to all who reach the server: they tell nothing of the models and start no work.
_OPEN = frozenset({"/", "/docs", "/openapi.json", "/health"})
_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A request's share of the time beyond its call's own: for a slow body before it and a slow reader behind it.
_PATIENCE = 3
_SPARE_SECONDS = 5.0


class Guard:
    """Wraps the application.

    Args:
      app: that answers.
      state: of the server.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(send)
        began = monotonic()
        try:
            await self._answer(scope, receive, exchange)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "other"
            seconds = monotonic() - began
            self._state.metrics.count(_route(scope), method, exchange.status, seconds)

    async def _answer(self, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
        limit = _PATIENCE * self._state.options.timeout + _SPARE_SECONDS
        try:
            check_host(scope, self._state)
            check_token(scope, self._state)
            with anyio.move_on_after(limit) as patience:
                await self._app(scope, receive, exchange.send)
            if patience.cancelled_caught:
                raise Overdue
        except Exception as error:
            fault = fault_of(error, self._state.options.timeout)
            # An answer that has begun cannot be taken back: the server cuts its connection.
            if not exchange.status:
                await fault.response()(scope, receive, exchange.send)


class _Exchange:
    """One answer on its way out.

    Args:
      send: see ASGI.

    Attributes:
      status: of HTTP; 0 where nothing has been sent yet.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def send(self, message: Message) -> None:
        """Hands a part on, the first one with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)


def check_host(scope: Scope, state: State) -> None:
    """Refuses what another site's page sends.

    Such a page can give its own name this machine's address (DNS rebinding), and can send simple requests to any
    address; browsers tell in both cases where it comes from.

    Raises:
      Fault: 403.
    """
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if state.hosts is not None and _name(f"//{host}") not in state.hosts:
        raise Fault(403, "forbidden_host", f"this server answers to {', '.join(sorted(state.hosts))}, not to {host!r}")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise Fault(403, "forbidden_origin", "pages of other sites may not use this server")


def check_token(scope: Scope, state: State) -> None:
    """Refuses who does not show the token, where there is one.

    Raises:
      Fault: 401.
    """
    if state.options.token is None or scope["path"] in _OPEN or is_authorized(scope, state):
        return
    raise Fault(
        401,
        "unauthorized",
        "send the token that the server was started with, as in Authorization: Bearer TOKEN",
        {"WWW-Authenticate": "Bearer"},
    )


def is_authorized(scope: Scope, state: State) -> bool:
    """Whether the request shows the token, or needs none."""
    if state.options.token is None:
        return True
    kind, _, shown = Headers(scope=scope).get("authorization", "").partition(" ")
    # In constant time: how long it takes tells nothing of how much was right.
    same = hmac.compare_digest(shown.strip().encode("utf-8", "replace"), state.options.token.encode("ascii"))
    return same and kind.lower() == "bearer"


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _route(scope: Scope) -> str:
    """The route's own path, as `Application` notes it; clients choose theirs, and there must be few."""
    found: str = scope.get("edgernn.route", "other")
    return found
