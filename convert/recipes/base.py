"""What a quantization recipe says."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

# Pairs of a signature's name and its inputs by name, as the converter's calibration takes them.
Samples = Iterable[tuple[str, dict[str, Any]]]
Part = Literal["encode", "step"]


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

    def no_wider_than(self, other: Bounds) -> Bounds:
        """The narrower of both, for the errors against Keras."""
        return replace(
            self,
            max_error=min(self.max_error, other.max_error),
            mean_error=min(self.mean_error, other.mean_error),
        )


class Recipe(ABC):
    """One way to store weights. Names decode by a rule: what is quantized, then the weights' integer bits.

    Attributes:
      name: as `--quantize` takes it.
      summary: one sentence for people.
      bounds: see `Bounds`.
      calibrated: whether it needs sample inputs.
      single_steps: whether a chunked lowering must keep to one signature of one step.
      refused_lowerings: reason by name of each lowering whose graphs it cannot quantize.
      refused_targets: reason by name of each target that cannot run what it makes.
      parts: where an encoder and a decoder's step are each stored in a way of their own: which. It is for such models
        only then.
    """

    name: str
    summary: str
    bounds: Bounds
    calibrated: bool = False
    single_steps: bool = False
    refused_lowerings: dict[str, str] = {}  # noqa: RUF012 - a class's declaration, never changed
    refused_targets: dict[str, str] = {}  # noqa: RUF012 - as above
    parts: Mapping[Part, Recipe] = {}

    @abstractmethod
    def configure(self, converter: Any, samples: Samples) -> None:
        """Sets a `tf.lite.TFLiteConverter` up; `samples` is empty for recipes that are not calibrated."""

    def finish(self, model: bytes) -> bytes:
        """Works on the converted model."""
        return model
