"""What each task adds to a bundle: pre- and post-processing. One dataclass and one registry line a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.edge_runtime.spec.tag import TagSpec


@dataclass(frozen=True)
class TextSpec:
    """How text becomes token ids. Everything else is inside `tokenizer`, in Hugging Face tokenizers' format.

    Attributes:
      tokenizer: asset name; normalization, special tokens and truncation are stored in it.
      input: the model input that takes the ids, int32 [1, length].
      max_chars: characters beyond this are not read (bounds the time that a hostile text can cost).
    """

    tokenizer: str
    input: str
    max_chars: int


@dataclass(frozen=True)
class ClassifySpec:
    """Sequence classification.

    Attributes:
      name: always "classify".
      text: how the text is read.
      labels: asset name; one label a line, in the order of the output's last axis.
      output: the model output that holds one probability a label, float32 [1, labels].
      positive_label: the label whose F1 is quoted where there are two, or null.
    """

    name: Literal["classify"]
    text: TextSpec
    labels: str
    output: str
    positive_label: str | None = None

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        return (self.text.tokenizer, self.labels)


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


TaskSpec = ClassifySpec | ForecastSpec | LmSpec | TagSpec | BareSpec

TASK_SPECS: dict[str, type[ClassifySpec] | type[ForecastSpec] | type[LmSpec] | type[TagSpec] | type[BareSpec]] = {
    "classify": ClassifySpec,
    "forecast": ForecastSpec,
    "lm": LmSpec,
    "tag": TagSpec,
    "model": BareSpec,
}
