"""What a task's file declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.serve.fields import Emit, Operation


@dataclass(frozen=True)
class SessionApi:
    """Sessions of a task's models: what they were told stays.

    Attributes:
      step: takes the model, its session and the next value; gives the answer's JSON.
      schema: of a value, for OpenAPI.
      example: of a value.
      run: the same for many steps at once, and how many they were, where that is more than steps one by one; or None.
    """

    step: Callable[[Any, Any, Any], dict[str, Any]]
    schema: Mapping[str, Any]
    example: Any
    run: Callable[[Any, Any, Any], tuple[dict[str, Any], int]] | None = None


@dataclass(frozen=True)
class TaskApi:
    """A task over HTTP.

    Attributes:
      operations: the first one answers at the task's own path.
      sessions: or None where the task has none.
    """

    operations: tuple[Operation, ...]
    sessions: SessionApi | None = None

    def operation(self, name: str) -> Operation | None:
        """By the last part of a path; "" is the first one."""
        if not name:
            return self.operations[0]
        return next((one for one in self.operations if one.name == name), None)


def streamed(parts: Iterable[str], emit: Emit) -> str:
    """Hands out parts of a text as they come; what they add up to."""
    said = []
    for part in parts:
        said.append(part)
        emit(part)
    return "".join(said)
