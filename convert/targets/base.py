"""What a target says: the operators that it knows, and how to make the converter keep to them."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from edgernn.convert.errors import ConversionError
from edgernn.edge_runtime.spec.manifest import OpSpec


class Target(ABC):
    """A runtime on a device.

    Attributes:
      name: as `--target` takes it.
      engines: those that stand for it in the proof, best first, by their names in `edgernn doctor`.
      table: file of this folder with the greatest version of each operator that the runtime loads.
    """

    name: str
    engines: tuple[str, ...]
    table: str

    @cached_property
    def versions(self) -> dict[str, int]:
        """Greatest version by operator; made by `python -m edgernn.convert.targets.probe`."""
        versions: dict[str, int] = json.loads((Path(__file__).parent / self.table).read_text())["versions"]
        return versions

    @abstractmethod
    def configure(self, converter: Any) -> None:
        """Sets a `tf.lite.TFLiteConverter` up."""


def check_ops(ops: Sequence[OpSpec], target: Target) -> None:
    """Refuses operators that the target cannot load.

    Raises:
      ConversionError: naming all of them.
    """
    reasons = [_reason(op, target) for op in ops if op.version > target.versions.get(op.name, 0)]
    if reasons:
        raise ConversionError(reasons)


def _reason(op: OpSpec, target: Target) -> str:
    known = target.versions.get(op.name, 0)
    if op.name.startswith("CUSTOM:"):
        return f"{op.name} is no native operator: {target.name} cannot run it"
    limit = f"up to version {known}" if known else "not at all"
    return f"{op.name} version {op.version} is needed, and {target.name} knows it {limit}: use --target litert"
