"""Whether the server is well, for supervisors and for Prometheus."""

from __future__ import annotations

import importlib.metadata

from starlette.requests import Request
from starlette.responses import Response

from edgernn.edge_runtime.serve.faults import JSON
from edgernn.edge_runtime.serve.guard import is_authorized
from edgernn.edge_runtime.serve.metrics import CONTENT_TYPE
from edgernn.edge_runtime.serve.models import selftest_document
from edgernn.edge_runtime.serve.plain import to_json
from edgernn.edge_runtime.serve.state import State


async def show_health(request: Request) -> Response:
    """GET /health: 200 where models can be asked, 503 where not; without the token it tells nothing else."""
    state: State = request.app.state.served
    status = "draining" if state.draining else "stuck" if state.stuck() else "ok"
    document: dict[str, object] = {"status": status}
    if is_authorized(request.scope, state):
        document["version"] = importlib.metadata.version("edgernn")
        document["models"] = {
            one.name: {"task": one.task, "sha256": one.file_sha256, "selftest": selftest_document(one.report)}
            for one in state.models
        }
    headers = {"Cache-Control": "no-store"}
    return Response(to_json(document), 200 if status == "ok" else 503, headers, JSON)


async def show_metrics(request: Request) -> Response:
    """GET /metrics."""
    state: State = request.app.state.served
    return Response(state.metrics.text(), media_type=CONTENT_TYPE)
