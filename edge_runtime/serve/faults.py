"""What goes wrong, as HTTP tells it: a status, a code for programs, and the kit's one line for people."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Mapping

from starlette.responses import Response

from edgernn.edge_runtime.errors import EdgeRNNError, InputError
from edgernn.edge_runtime.serve.deadline import Overdue
from edgernn.edge_runtime.serve.plain import to_json

JSON = "application/json"


class Fault(Exception):  # noqa: N818 - an answer, as others are
    """A request that cannot be answered as asked.

    Args:
      status: of HTTP.
      code: one word for programs.
      message: one line: what, where, how to mend it.
      headers: of the answer.
    """

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers or {})

    def document(self) -> dict[str, object]:
        """As the answer's JSON."""
        return {"error": {"code": self.code, "message": str(self)}}

    def response(self) -> Response:
        """The answer."""
        return Response(to_json(self.document()), self.status, self.headers, JSON)


def fault_of(error: BaseException, seconds: float) -> Fault:
    """What an error is in HTTP. One that nobody foresaw is told on standard error, and its inside to no client.

    Args:
      error: from a model's call, or from the server's own code.
      seconds: that a call may take.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, InputError):
        return Fault(400, "invalid_input", _one_line(str(error)))
    if isinstance(error, Overdue):
        return Fault(504, "timeout", f"took longer than {seconds:g} s: ask for less, or start with a longer --timeout")
    if isinstance(error, EdgeRNNError):
        return Fault(500, "engine", _one_line(str(error)))
    if isinstance(error, MemoryError):
        return Fault(503, "out_of_memory", "not enough memory: send less at once", {"Retry-After": "5"})
    _tell(error)
    return Fault(500, "internal", "an error of the server, which its log tells: this is a defect")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _tell(error: BaseException) -> None:
    if os.environ.get("EDGERNN_TRACEBACK") == "1":
        traceback.print_exception(error)
    line = _one_line(str(error)) or "no message"
    print(
        f"edgernn serve: {type(error).__name__}: {line} (this is a defect: EDGERNN_TRACEBACK=1 shows where)",
        file=sys.stderr,
        flush=True,
    )
