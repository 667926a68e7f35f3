"""LiteRT.js: a browser, through WebAssembly."""

from __future__ import annotations

from typing import Any

from edgernn.convert.targets.base import Target


class Web(Target):
    """The current runtime's operators; inputs and outputs are float32 or int32, as JavaScript's typed arrays are."""

    name = "web"
    engines = ("litert-compiled", "litert-interpreter")
    table = "litert.json"

    def configure(self, converter: Any) -> None:
        """Nothing to set: no recipe makes integer inputs or outputs."""
