"""Makes Keras ready: quiet, repeatable, and with a clear word when something is missing."""

from __future__ import annotations

import os
from typing import Any

from edgernn.edge_runtime.errors import RuntimeUnavailable

_MEND = 'pip install "edgernn[train,convert]", or install JAX or PyTorch and set KERAS_BACKEND'


def import_keras() -> Any:
    """Keras, with the backend that the user's settings name.

    Raises:
      RuntimeUnavailable: Keras or its backend is not installed.
    """
    # These are read when the backend is imported. Some parallel sums depend on the order of threads otherwise.
    os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        import keras
    except ImportError as error:
        raise RuntimeUnavailable(
            f"training needs Keras 3 and a backend ({error.name or error} is missing): {_MEND}"
        ) from error
    return keras
