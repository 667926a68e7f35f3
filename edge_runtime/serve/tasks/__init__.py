"""What each task offers over HTTP: one file and one line here."""

from __future__ import annotations

import importlib

from edgernn.edge_runtime.serve.tasks.base import TaskApi

__all__ = ["TASK_APIS", "TaskApi", "task_api"]

# The module of each task holds `API`; imported for the bundles at hand.
TASK_APIS: dict[str, str] = {
    name: f"edgernn.edge_runtime.serve.tasks.{module}"
    for name, module in (
        ("classify", "classify"),
        ("forecast", "forecast"),
        ("lm", "lm"),
        ("tag", "tag"),
        ("translate", "translate"),
        ("caption", "caption"),
        ("model", "arrays"),
    )
}


def task_api(name: str) -> TaskApi:
    """The interface of a task out of `TASK_APIS`."""
    found: TaskApi = importlib.import_module(TASK_APIS[name]).API
    return found
