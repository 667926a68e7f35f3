"""What the converter raises."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.edge_runtime.errors import EdgeRNNError


class ConversionError(EdgeRNNError):
    """The model cannot be converted, or the converter failed.

    Attributes:
      reasons: every reason found, each with what to do about it.
    """

    def __init__(self, reasons: str | Sequence[str]) -> None:
        self.reasons: tuple[str, ...] = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__("; ".join(self.reasons))
