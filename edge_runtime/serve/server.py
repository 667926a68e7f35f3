"""Runs the application until it is told to end, and ends it well."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.serve.app import make_app, make_state
from edgernn.edge_runtime.serve.listen import bind, find_address, url_of
from edgernn.edge_runtime.serve.models import Models, operation_path
from edgernn.edge_runtime.serve.notify import notify, watchdog_seconds
from edgernn.edge_runtime.serve.options import ServeOptions
from edgernn.edge_runtime.serve.state import State

# Connections at once; more are told to come again.
_CONNECTIONS = 512
_KEEP_ALIVE_SECONDS = 15
# A connection that says nothing.
_SILENT_SECONDS = 20.0
# For threads to end when no request is left: a call of an engine may be under way.
_LAST_SECONDS = 5.0


def serve(models: Models, options: ServeOptions, bound: socket.socket, hosts: frozenset[str] | None) -> int:
    """Serves until SIGTERM or SIGINT; what is under way by then is answered first, within the request's own limit.

    Args:
      models: loaded and tested.
      options: the limits.
      bound: the socket.
      hosts: see `State`.

    Returns:
      0.
    """
    state = make_state(models, options, hosts)
    config = uvicorn.Config(
        make_app(state),
        http=_Protocol,
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=max(1, round(options.timeout) + 1),
    )
    _Server(config, state, url_of(bound, options.host)).run([bound])
    if not state.pool.close(_LAST_SECONDS):
        # A thread is inside an engine that does not come back: Python would wait for it, or fall over it.
        sys.stdout.flush()
        os._exit(0)
    return 0


class _Protocol(H11Protocol):
    """Closes connections that say nothing."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._silent = self.loop.call_later(_SILENT_SECONDS, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        self._silent.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """Says when it is ready and how it is, and ends with status 0 when it is told to end.

    Args:
      config: uvicorn's.
      state: of the server.
      url: to print.
    """

    def __init__(self, config: uvicorn.Config, state: State, url: str) -> None:
        super().__init__(config)
        self._state, self._url = state, url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for one in self._state.models:
            path = operation_path(one.task, one.api.operations[0].name)
            print(f"serving {one.name} ({one.task}) on {self._url}{path}", flush=True)
        notify(f"READY=1\nSTATUS=serving {', '.join(one.name for one in self._state.models)} on {self._url}")
        self._watchdog = asyncio.create_task(_feed_watchdog(self._state))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        notify("STOPPING=1")
        self._state.draining = True
        self._watchdog.cancel()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own, which ends the process by the same signal once more.
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


async def _feed_watchdog(state: State) -> None:
    """Tells systemd that the server is well, as long as it is: it starts one anew that is not."""
    seconds = watchdog_seconds()
    while seconds is not None:
        if not state.stuck():
            notify("WATCHDOG=1")
        await asyncio.sleep(seconds)


def open_socket(options: ServeOptions) -> tuple[socket.socket, frozenset[str] | None]:
    """The socket, and the names under which it is asked for.

    Raises:
      InputError: it cannot be had; or others than this machine reach it, and there is no token.
    """
    address = find_address(options.host, options.port)
    if not address.is_local() and options.token is None:
        raise InputError(
            f"--host {options.host}: other machines can reach this address, so that a token is needed: "
            "give --token-file FILE, or listen at 127.0.0.1"
        )
    # A page that another name led here does not know the token: with one, a proxy may ask by any name.
    return bind(address), address.hosts() if options.token is None else None
