"""A Keras model without a task."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.convert.request import Arrays
from edgernn.convert.source import Source
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.golden import random_golden
from edgernn.edge_runtime.golden import GoldenVector
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import QualitySpec


class BarePlan(TaskPlan):
    """Random inputs stand for the real ones."""

    always_real = False
    max_length = None
    metric = None

    def __init__(self, source: Source) -> None:
        """Nothing is read: a bare model has no assets."""

    def assets(self) -> dict[str, bytes]:
        """See base."""
        return {}

    def cases(self) -> list[Arrays]:
        """See base."""
        return []

    def calibration(self) -> list[Arrays]:
        """See base: a bare model's user has to give them."""
        return []

    def golden(self, model: Model, cases: Sequence[Arrays]) -> list[GoldenVector]:
        """See base."""
        return random_golden(model, cases)

    def quality(
        self, keras: Sequence[Arrays], artifact: Sequence[Arrays], measured: dict[str, float]
    ) -> QualitySpec | None:
        """See base."""
        return None
