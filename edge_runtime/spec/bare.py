"""What a model without a task adds to a bundle: nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class BareSpec:
    """A Keras model with no task: arrays in, arrays out.

    Attributes:
      name: always "model".
    """

    name: Literal["model"] = "model"

    def assets(self) -> tuple[str, ...]:
        """None are needed."""
        return ()
