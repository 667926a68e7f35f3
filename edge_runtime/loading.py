"""Opens a bundle as the class that its task names."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.engines import EngineOptions
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.tasks import task_class


def load(
    path: str | os.PathLike[str],
    threads: int = 1,
    engine: str | None = None,
    *,
    cache: str | os.PathLike[str] | None = None,
    cores: Sequence[int] | None = None,
) -> Model:
    """Reads, checks and opens a bundle.

    Args:
      path: a file made by `edgernn convert`.
      threads: that one call may use, 1 or more.
      engine: a name out of `edgernn doctor`; by default the best one that accepts the model.
      cache: a folder where packed weights are kept from one start to the next (`litert-compiled` only); a file there
        that does not match this model, engine and processor is made anew. By default they are packed at every start.
      cores: numbers of the processor cores that the calling thread, and what the engine starts, may use; by default
        as the system decides.

    Returns:
      The class of the bundle's task: `TextClassifier` for "classify", `Model` for a bare Keras model.

    Raises:
      BundleError: the file is missing, damaged, not valid, or in a newer format.
      InputError: an option makes no sense here.
      RuntimeUnavailable: no engine can run it.
    """
    bundle = read_bundle(path)
    if cores is not None:
        _pin(cores)
    options = EngineOptions(threads, Path(cache) if cache is not None else None)
    return task_class(bundle.manifest.typed_task.name)(bundle, options, engine)


def _pin(cores: Sequence[int]) -> None:
    if not hasattr(os, "sched_setaffinity"):
        raise InputError("cores: this system does not let a program choose its cores: leave the option out")
    try:
        os.sched_setaffinity(0, cores)
    except (OSError, ValueError, TypeError) as error:
        here = ", ".join(map(str, sorted(os.sched_getaffinity(0))))
        raise InputError(f"cores {list(cores)}: not to be had here, where there are {here}") from error
