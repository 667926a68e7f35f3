"""ai-edge-litert 2: 64-bit Raspberry Pi, desktop, phones."""

from __future__ import annotations

from typing import Any

from edgernn.convert.targets.base import Target


class LiteRt(Target):
    """The current runtime."""

    name = "litert"
    engines = ("litert-compiled", "litert-interpreter")
    table = "litert.json"

    def configure(self, converter: Any) -> None:
        """Nothing to set: the converter writes for it."""
