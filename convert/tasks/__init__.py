"""What each task adds to a conversion: inputs for the proof, assets, and its metric. One line each."""

from __future__ import annotations

from collections.abc import Callable

from edgernn.convert.source import Source
from edgernn.convert.tasks.bare import BarePlan
from edgernn.convert.tasks.base import TaskPlan
from edgernn.convert.tasks.caption import CaptionPlan
from edgernn.convert.tasks.classify import ClassifyPlan
from edgernn.convert.tasks.forecast import ForecastPlan
from edgernn.convert.tasks.lm import LmPlan
from edgernn.convert.tasks.tag import TagPlan
from edgernn.convert.tasks.translate import TranslatePlan

__all__ = ["PLANS", "TaskPlan", "plan_for"]

PLANS: dict[str, Callable[[Source], TaskPlan]] = {
    "caption": CaptionPlan,
    "classify": ClassifyPlan,
    "forecast": ForecastPlan,
    "lm": LmPlan,
    "tag": TagPlan,
    "translate": TranslatePlan,
    "model": BarePlan,
}


def plan_for(source: Source) -> TaskPlan:
    """The plan of the source's task."""
    return PLANS[source.task.name](source)
