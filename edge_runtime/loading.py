"""Opens a bundle as the class that its task names."""

from __future__ import annotations

import os

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.tasks import TASKS


def load(path: str | os.PathLike[str], threads: int = 1, engine: str | None = None) -> Model:
    """Reads, checks and opens a bundle.

    Args:
      path: a file made by `edgernn convert`.
      threads: that one call may use, 1 or more.
      engine: a name out of `edgernn doctor`; by default the best one that accepts the model.

    Returns:
      The class of the bundle's task: `TextClassifier` for "classify", `Model` for a bare Keras model.

    Raises:
      BundleError: the file is missing, damaged, not valid, or in a newer format.
      RuntimeUnavailable: no engine can run it.
    """
    bundle = read_bundle(path)
    return TASKS[bundle.manifest.typed_task.name](bundle, threads, engine)
