"""What a conversion asks of a task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from edgernn.convert.recipes import AUTO
from edgernn.convert.request import Arrays, PairRequest
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import QualitySpec


class TaskPlan(ABC):
    """One task's part in a conversion.

    Attributes:
      always_real: every step that the runtime feeds is a real one; padding comes only after them.
      max_length: the longest sequence that the runtime will feed, in steps, or None where any may come.
      real_probes: whether the proof's inputs of many lengths are beginnings of `cases()`; otherwise they are random.
        Random texts drive a network where no text does, and small errors grow there.
      metric: the name in `QualitySpec` that `--max-drop` guards, or None.
      further_metrics: others that it guards likewise.
      max_drop: how much may be lost of each, unless the user says: points, or percent of an error.
      auto: the recipes that `--quantize auto` tries, in this order.
      pair: how a model of two parts, an encoder and a decoder's step, is lowered; None for others.
      has_classes: whether the greatest of the outputs is an answer, so that its agreement with Keras means something.
    """

    always_real: bool
    max_length: int | None
    real_probes: bool = False
    metric: str | None
    further_metrics: tuple[str, ...] = ()
    max_drop: float = 0.3
    auto: tuple[str, ...] = AUTO
    has_classes: bool = True
    pair: PairRequest | None = None

    @abstractmethod
    def assets(self) -> dict[str, bytes]:
        """Files that the bundle must hold."""

    @abstractmethod
    def cases(self) -> list[Arrays]:
        """Inputs for the proof; none: the child makes random ones."""

    @abstractmethod
    def calibration(self) -> list[Arrays]:
        """Inputs by which static recipes measure ranges, from the training split; none where there is no such."""

    @abstractmethod
    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """Vectors for the self-test, computed by the artifact. They must not give the user's data away."""

    @abstractmethod
    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """The task's metrics, from the outputs for `cases()`, or from what `measured` gave."""

    def measured(self, model: Model) -> dict[str, float]:
        """Metrics that need more outputs of the artifact than a proof can hold, by name."""
        return {}

    def remarks(self, artifact: Sequence[Arrays]) -> tuple[str, ...]:
        """What else the report should say of the artifact's outputs for `cases()`, one sentence each."""
        return ()
