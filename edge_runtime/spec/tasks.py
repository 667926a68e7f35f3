"""What each task adds to a bundle: pre- and post-processing. One dataclass and one registry line a task."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from edgernn.edge_runtime.spec.bare import BareSpec
    from edgernn.edge_runtime.spec.caption import CaptionSpec
    from edgernn.edge_runtime.spec.classify import ClassifySpec
    from edgernn.edge_runtime.spec.forecast import ForecastSpec
    from edgernn.edge_runtime.spec.lm import LmSpec
    from edgernn.edge_runtime.spec.tag import TagSpec
    from edgernn.edge_runtime.spec.translate import TranslateSpec

TaskSpec: TypeAlias = "CaptionSpec | ClassifySpec | ForecastSpec | LmSpec | TagSpec | TranslateSpec | BareSpec"

# Module and class, imported for the bundle at hand: a device that classifies pays for no other task.
TASK_SPECS: dict[str, tuple[str, str]] = {
    "classify": ("edgernn.edge_runtime.spec.classify", "ClassifySpec"),
    "forecast": ("edgernn.edge_runtime.spec.forecast", "ForecastSpec"),
    "lm": ("edgernn.edge_runtime.spec.lm", "LmSpec"),
    "tag": ("edgernn.edge_runtime.spec.tag", "TagSpec"),
    "translate": ("edgernn.edge_runtime.spec.translate", "TranslateSpec"),
    "caption": ("edgernn.edge_runtime.spec.caption", "CaptionSpec"),
    "model": ("edgernn.edge_runtime.spec.bare", "BareSpec"),
}


def task_spec(name: str) -> type[TaskSpec]:
    """The declaration's class of a task out of `TASK_SPECS`."""
    module, cls = TASK_SPECS[name]
    found: type[TaskSpec] = getattr(importlib.import_module(module), cls)
    return found
