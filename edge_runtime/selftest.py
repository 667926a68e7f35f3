"""Does this device compute what the workstation computed?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.errors import EdgeRNNError
from edgernn.edge_runtime.golden import GoldenVector, arrays_of, golden_from_json
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME
from edgernn.edge_runtime.tasks.classify import TextClassifier
from edgernn.edge_runtime.tasks.tag import SequenceTagger


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
    kept = [sample.values for vector in vectors for sample in vector.outputs.values() if sample.values.size]
    return max((float(np.abs(values).max()) for values in kept), default=0.0) or 1.0


def _check(
    model: Model, vector: GoldenVector, number: int, tolerance: float, scale: float, failures: list[str]
) -> float:
    inputs = arrays_of(vector.inputs)
    if vector.text is not None and isinstance(model, (TextClassifier, SequenceTagger)):
        _check_tokens(model.encode(vector.text), inputs, number, failures)
    outputs = model.run(inputs, arrays_of(vector.states) or None)
    error = max(sample.difference(outputs[name]) for name, sample in vector.outputs.items()) / scale
    if not error <= tolerance:
        failures.append(f"vector {number}: output differs by {error:.3g} of the scale, {tolerance:.3g} is allowed")
    return error


def _check_tokens(found: dict[str, Array], wanted: dict[str, Array], number: int, failures: list[str]) -> None:
    for name, expected in wanted.items():
        if not np.array_equal(found[name], expected):
            failures.append(f"vector {number}: its text is tokenized differently here")
