"""What the base install lacks on purpose, and the extra that brings it."""

from __future__ import annotations

from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.errors import RuntimeUnavailable


def require(extra: str, *modules: str) -> None:
    """Checks, before any work, that everything is installed.

    Args:
      extra: of the distribution, as it is typed ("convert", "train,convert").
      modules: that must be there; they are not imported.

    Raises:
      RuntimeUnavailable: naming all that is missing, and the extra.
    """
    missing = [name for name in modules if not has_module(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise RuntimeUnavailable(
            f'needs {" and ".join(missing)}, which {verb} not installed: pip install "edgernn[{extra}]"'
        )
