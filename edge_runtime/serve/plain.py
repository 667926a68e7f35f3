"""JSON, strictly: what comes from clients, and what goes to them."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from edgernn.edge_runtime.errors import InputError


def to_json(document: object) -> bytes:
    """One line of ASCII. JSON has no not-a-number and no infinity: they become null."""
    try:
        return json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")
    except ValueError:
        return json.dumps(_finite(document), allow_nan=False, separators=(",", ":")).encode("ascii")


def from_json(data: bytes) -> dict[str, Any]:
    """The object that a request's body holds.

    Raises:
      InputError: it is no JSON, or no object.
    """
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise InputError(f"the body is not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise InputError(f"the body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise InputError("the body is no JSON that can be read: it is nested too deeply") from error
    except ValueError as error:  # a number of thousands of digits
        raise InputError(f"the body is no JSON that can be read: {error}") from error
    if not isinstance(document, dict):
        raise InputError('the body must be a JSON object, as in {"text": "..."}')
    return document


def _refuse(name: str) -> NoReturn:
    raise InputError(f"the body is no JSON: {name} is no number there: write null for what is missing")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
