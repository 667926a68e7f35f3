"""Does this device compute what the workstation computed?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.errors import EdgeRNNError
from edgernn.edge_runtime.golden import GoldenVector, golden_from_json
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME
from edgernn.edge_runtime.tasks.classify import TextClassifier


@dataclass(frozen=True)
class SelftestReport:
    """What the self-test found.

    Attributes:
      passed: every vector within the tolerance, every text tokenized alike.
      engine: that computed.
      vectors: number of golden vectors.
      max_error: greatest absolute difference, as a part of the outputs' scale.
      tolerance: the greatest that is allowed.
      failures: one sentence a failed vector.
    """

    passed: bool
    engine: str
    vectors: int
    max_error: float
    tolerance: float
    failures: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def selftest(model: Model) -> SelftestReport:
    """Runs every golden vector of the bundle."""
    vectors = golden_from_json(model.bundle.assets[GOLDEN_NAME])
    tolerance = model.manifest.golden.tolerance
    scale = output_scale(vectors)
    failures: list[str] = []
    errors = [0.0]
    for number, vector in enumerate(vectors):
        try:
            errors.append(_check(model, vector, number, tolerance, scale, failures))
        except EdgeRNNError as error:
            failures.append(f"vector {number}: {error}")
    if len(vectors) != model.manifest.golden.vectors:
        failures.append(f"{len(vectors)} vectors found, {model.manifest.golden.vectors} declared")
    return SelftestReport(not failures, model.engine, len(vectors), max(errors), tolerance, tuple(failures))


def output_scale(vectors: list[GoldenVector]) -> float:
    """The greatest absolute value in any output (1 where all are zero)."""
    return max((float(np.abs(a).max()) for v in vectors for a in v.outputs.values() if a.size), default=0.0) or 1.0


def _check(
    model: Model, vector: GoldenVector, number: int, tolerance: float, scale: float, failures: list[str]
) -> float:
    if vector.text is not None and isinstance(model, TextClassifier):
        _check_tokens(model.encode(vector.text), vector, number, failures)
    outputs = model.run(vector.inputs)
    error = max(_difference(outputs[name], array) for name, array in vector.outputs.items()) / scale
    if not error <= tolerance:
        failures.append(f"vector {number}: output differs by {error:.3g} of the scale, {tolerance:.3g} is allowed")
    return error


def _check_tokens(inputs: dict[str, Array], vector: GoldenVector, number: int, failures: list[str]) -> None:
    for name, expected in vector.inputs.items():
        if not np.array_equal(inputs[name], expected):
            failures.append(f"vector {number}: its text is tokenized differently here")


def _difference(found: Array, expected: Array) -> float:
    if found.shape != expected.shape:
        return float("inf")
    difference = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    return float(difference.max(initial=0.0))
