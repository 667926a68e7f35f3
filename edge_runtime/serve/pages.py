"""The pages for people, and the description for programs. Nothing in them comes from the network."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from edgernn.edge_runtime.serve.faults import JSON
from edgernn.edge_runtime.serve.openapi import describe
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.state import State


async def show_try(request: Request) -> Response:
    """GET /: try each model."""
    return _page("try.html")


async def show_docs(request: Request) -> Response:
    """GET /docs: every address, out of /openapi.json."""
    return _page("docs.html")


async def show_openapi(request: Request) -> Response:
    """GET /openapi.json."""
    state: State = request.app.state.served
    return Response(to_json(describe(state.models, state.options.token is not None)), media_type=JSON)


def _page(name: str) -> Response:
    content, policy = _read(name)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
    return Response(content, headers=headers, media_type="text/html")


@cache
def _read(name: str) -> tuple[bytes, str]:
    """A page, and the policy that lets it run its own script and style, and nothing else."""
    content = (files("edgernn.edge_runtime.serve") / name).read_text(encoding="utf-8")
    script, style = (_hash(content, tag) for tag in ("script", "style"))
    policy = (
        f"default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; img-src blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return content.encode("utf-8"), policy


def _hash(content: str, tag: str) -> str:
    match = re.search(rf"<{tag}>(.*?)</{tag}>", content, re.DOTALL)
    assert match is not None  # the pages are the kit's own
    return f"'sha256-{base64.b64encode(hashlib.sha256(match[1].encode('utf-8')).digest()).decode('ascii')}'"
