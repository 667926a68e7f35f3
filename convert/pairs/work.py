"""What the child process does with a model of two parts."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgernn.convert import request as files
from edgernn.convert.conditioning import rounding_of
from edgernn.convert.errors import ConversionError
from edgernn.convert.export import export_tflite
from edgernn.convert.ops import list_ops, weight_reads
from edgernn.convert.pairs.cases import from_states, pair_cases
from edgernn.convert.pairs.lowering import lower_parts
from edgernn.convert.pairs.parts import Parts, find_parts
from edgernn.convert.pairs.reference import PairReference
from edgernn.convert.recipes import Recipe
from edgernn.convert.request import PairRequest, Request, Response, Rounding, read_arrays, write_arrays
from edgernn.convert.targets import Target, check_ops
from edgernn.convert.worker import PACKAGES, with_reads
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


def work_on_pair(
    folder: Path,
    request: Request,
    pair: PairRequest,
    model: Any,
    recipe: Recipe,
    target: Target,
    stage: Callable[[str], None],
) -> Response:
    """Lowers, converts, and computes Keras's outputs for the proof; see `worker.work`."""
    _check(request, recipe)
    parts = find_parts(model, pair)
    stage("lowering (encode_step)")
    lowered = lower_parts(parts, pair)
    data = export_tflite(model, lowered.signatures, (), recipe, target, stage)
    lowered = with_reads(lowered, weight_reads(data))
    ops = list_ops(data)
    check_ops(ops, target)
    (folder / files.MODEL).write_bytes(data)
    stage("computing Keras's outputs")
    given, rounding = _prove(folder, parts, pair, lowered.execution)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    parameters = int(model.count_params())
    return Response(
        parts.inputs, parts.outputs, lowered.execution, ops, lowered.reason, parameters, versions, given, rounding
    )


def _check(request: Request, recipe: Recipe) -> None:
    reasons = []
    if recipe.calibrated:
        reasons.append(
            f"{recipe.name} is not for a model of encoder and decoder yet: there is no calibration of memories and "
            "states; take dynamic_wi8"
        )
    if request.lowering != "auto":
        reasons.append(f"a model of encoder and decoder has a lowering of its own: leave --lowering {request.lowering}")
    if reasons:
        raise ConversionError(reasons)


def _prove(folder: Path, parts: Parts, pair: PairRequest, execution: ExecutionSpec) -> tuple[int, Rounding]:
    """See `worker._prove`."""
    reference = PairReference(parts)
    given = read_arrays(folder / files.CASES) if (folder / files.CASES).exists() else []
    probes = pair_cases(parts, pair, execution.signatures, given)
    expected = reference.run(probes)
    started = from_states(reference, probes)
    write_arrays(folder / files.CASES, [*given, *probes, *started])
    write_arrays(folder / files.REFERENCE, [*reference.run(given), *expected, *reference.run(started)])
    return len(given), rounding_of(parts.model, reference, probes, expected)
