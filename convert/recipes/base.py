"""What a quantization recipe says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """How far an artifact may stray before its conversion fails.

    Errors are parts of the outputs' scale (the greatest absolute value that Keras gave).

    Attributes:
      max_error: greatest difference of any output value.
      mean_error: mean absolute difference.
      device: greatest difference between two devices that run the same file (the self-test's tolerance).
    """

    max_error: float
    mean_error: float
    device: float


class Recipe(ABC):
    """One way to store weights. Names decode by a rule: what is quantized, then the weights' integer bits.

    Attributes:
      name: as `--quantize` takes it.
      summary: one sentence for people.
      bounds: see `Bounds`.
    """

    name: str
    summary: str
    bounds: Bounds

    @abstractmethod
    def configure(self, converter: Any) -> None:
        """Sets a `tf.lite.TFLiteConverter` up."""
