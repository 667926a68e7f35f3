"""The models that a server has, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import CheckFailed, InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.selftest import SelftestReport, selftest
from edgernn.edge_runtime.serve.deadline import DeadlineLock
from edgernn.edge_runtime.serve.tasks import TaskApi, task_api

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@dataclass(frozen=True)
class Served:
    """A model that is served.

    Attributes:
      name: by which clients ask for it.
      model: loaded; its calls know of deadlines.
      task: its bundle's.
      api: what the task offers over HTTP.
      file_bytes: size of the bundle's file.
      file_sha256: of the bundle's file, as `sha256sum` prints it.
      report: of the self-test, which passed.
    """

    name: str
    model: Model
    task: str
    api: TaskApi
    file_bytes: int
    file_sha256: str
    report: SelftestReport

    def has_sessions(self) -> bool:
        """Whether sessions can be opened: the task has them, and the model needs not see the whole at once."""
        streams = self.task == "forecast" or self.model.manifest.execution.mode == "chunked"
        return self.api.sessions is not None and streams

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        manifest = self.model.manifest
        tensors = {
            kind: [{"name": t.name, "dtype": t.dtype, "shape": list(t.shape)} for t in tensors]
            for kind, tensors in (("inputs", manifest.inputs), ("outputs", manifest.outputs))
        }
        return {
            "name": self.name,
            "task": self.task,
            "operations": [operation_path(self.task, one.name) for one in self.api.operations],
            "sessions": self.has_sessions(),
            "bytes": self.file_bytes,
            "sha256": self.file_sha256,
            "model_sha256": manifest.model.sha256,
            "recipe": manifest.quantization.recipe,
            "engine": self.model.engine,
            "selftest": selftest_document(self.report),
            **tensors,
        }


def operation_path(task: str, operation: str) -> str:
    """An operation's path."""
    return f"/v1/{task}/{operation}" if operation else f"/v1/{task}"


def selftest_document(report: SelftestReport) -> dict[str, Any]:
    """What clients are told of a self-test."""
    told = ("passed", "vectors", "max_error", "tolerance")
    return {name: getattr(report, name) for name in told}


class Models:
    """All models, in the order in which they were given.

    Args:
      served: one or more, their names different.
    """

    def __init__(self, served: Sequence[Served]) -> None:
        self._by_name = {one.name: one for one in served}

    def __iter__(self) -> Iterator[Served]:
        """In order."""
        return iter(self._by_name.values())

    def tasks(self) -> dict[str, TaskApi]:
        """The tasks that these models have."""
        return {one.task: one.api for one in self}

    def get(self, name: str) -> Served | None:
        """By name."""
        return self._by_name.get(name)

    def choose(self, name: object, task: str | None = None) -> Served:
        """The model that a request means.

        Args:
          name: what it says, or None: the only one that fits.
          task: that the model must have, or None for any.

        Raises:
          InputError: there is none of that name, or of that task; or several fit.
        """
        fitting = [one for one in self if task in (None, one.task)]
        names = ", ".join(one.name for one in fitting)
        if name is None:
            if len(fitting) == 1:
                return fitting[0]
            raise InputError(f'model: several are served: choose one of {names}, as in "model": "{fitting[0].name}"')
        found = self._by_name.get(name) if isinstance(name, str) else None
        if found is None or found not in fitting:
            raise InputError(f"model: there is no {name!r} here for this: there are {names}")
        return found


def open_models(words: Sequence[str], load: Callable[[str], Model]) -> Models:
    """Loads and tests bundles.

    Args:
      words: files, or NAME=FILE; without a name it is the file's, its ending left out.
      load: opens a file.

    Raises:
      InputError: a name cannot be one, or occurs twice.
      CheckFailed: a model does not compute here what it did on the workstation.
    """
    named = [_name_and_path(word) for word in words]
    for name, path in named:
        if not re.fullmatch(_NAME, name):
            raise InputError(f"{path}: {name!r} cannot be a model's name in an address: give one, as in name={path}")
    names = [name for name, _ in named]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"two models are called {twice}: give them names, as in other={dict(named)[twice]}")
    return Models([serve_model(name, path, load(path)) for name, path in named])


def serve_model(name: str, path: str, model: Model) -> Served:
    """Tests a model and makes it ready.

    Raises:
      CheckFailed: see `open_models`.
    """
    report = selftest(model)
    if not report.passed:
        raise CheckFailed(f"{path}: self-test failed: {report.failures[0]}: edgernn selftest {path} tells all")
    # Every call of the engine takes it, whatever the task.
    model.lock = DeadlineLock()  # type: ignore[assignment]
    task = model.manifest.typed_task.name
    return Served(name, model, task, task_api(task), model.bundle.size, model.bundle.sha256, report)


def _name_and_path(word: str) -> tuple[str, str]:
    name, sign, path = word.partition("=")
    if sign and not Path(word).exists():
        return name, path
    return Path(word).stem, word
