"""What the server on this device says of itself."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

_MOST_BYTES = 1 << 20
_PAUSE = 0.1
# This machine itself is asked, whatever proxy its users go through.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(address: str, seconds: float = 2.0) -> dict[str, Any] | None:
    """GET /health of HOST:PORT: the document, also of a server that is not well; None where nobody answers."""
    try:
        with _DIRECT.open(f"http://{address}/health", timeout=seconds) as answer:
            found = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:  # 503 says more than that nobody answers
        found = _unwell(error)
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _unwell(error: urllib.error.HTTPError) -> Any:
    try:
        return json.loads(error.read(_MOST_BYTES))
    except (OSError, ValueError):
        return {"status": f"HTTP {error.code}"}


def hash_of(document: dict[str, Any] | None, name: str) -> str:
    """SHA-256 of the model that is served by this name; "" where none is, or the server is not well."""
    if document is None or document.get("status") != "ok":
        return ""
    models = document.get("models")
    model = models.get(name) if isinstance(models, dict) else None
    return str(model.get("sha256", "")) if isinstance(model, dict) else ""


def wait(address: str, name: str, sha256: str, seconds: float, trouble: Callable[[], str]) -> str:
    """Waits until the model with this hash is served.

    Args:
      address: of the server, HOST:PORT.
      name: of the model.
      sha256: of its bundle.
      seconds: to wait at most.
      trouble: says why the service will not come, or "".

    Returns:
      "" when it is served, else the reason why not.
    """
    end = time.monotonic() + seconds
    while True:
        document = ask(address)
        served = hash_of(document, name)
        if served == sha256:
            return ""
        if why := trouble():
            return f"the server does not start: {why}"
        if time.monotonic() > end:
            return f"after {seconds:g} s {_state(document, served, address)}"
        time.sleep(_PAUSE)


def _state(document: dict[str, Any] | None, served: str, address: str) -> str:
    port = address.rpartition(":")[2]
    if document is None:
        return f"nobody answers on port {port}"
    if document.get("status") != "ok":
        return f"the server on port {port} says that it is {document.get('status')!r}"
    if not served:
        return f"the server on port {port} serves something else: choose another --port"
    return f"the server on port {port} still serves {served[:12]}"
