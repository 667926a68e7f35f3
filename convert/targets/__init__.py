"""The runtimes that a bundle can be made for: one file and one line each."""

from __future__ import annotations

from edgernn.convert.targets.base import Target, check_ops
from edgernn.convert.targets.litert import LiteRt
from edgernn.convert.targets.tflite_214 import TfliteRuntime
from edgernn.convert.targets.web import Web
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.profiles import PROFILES

__all__ = ["TARGETS", "Target", "check_ops", "find_target"]

TARGETS: dict[str, Target] = {target.name: target for target in (LiteRt(), TfliteRuntime(), Web())}


def find_target(name: str) -> Target:
    """The target of this name, or that of the device of this name.

    Raises:
      InputError: there is none; the message lists them.
    """
    runtime = PROFILES[name].target if name in PROFILES else name
    if runtime not in TARGETS:
        raise InputError(f"unknown target {name!r}: choose one of {', '.join((*TARGETS, *PROFILES))}")
    return TARGETS[runtime]
