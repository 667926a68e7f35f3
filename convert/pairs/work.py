"""What the child process does with a model of two parts."""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edgernn.convert import request as files
from edgernn.convert.conditioning import rounding_of
from edgernn.convert.errors import ConversionError
from edgernn.convert.even_rounding import evenly_rounded
from edgernn.convert.export import export_tflite
from edgernn.convert.lowerings.base import Lowered
from edgernn.convert.ops import list_ops, weight_reads
from edgernn.convert.pairs.cases import from_states, pair_cases
from edgernn.convert.pairs.lowering import lower_parts
from edgernn.convert.pairs.merge import merge_models
from edgernn.convert.pairs.parts import Parts, find_parts
from edgernn.convert.pairs.reference import PairReference
from edgernn.convert.recipes import Recipe
from edgernn.convert.request import Arrays, PairRequest, Request, Response, Rounding, read_arrays, write_arrays
from edgernn.convert.targets import Target, check_ops
from edgernn.convert.worker import PACKAGES, with_reads
from edgernn.edge_runtime.arrays import check_inputs
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
    sampled = read_arrays(folder / files.CALIBRATION) if (folder / files.CALIBRATION).exists() else []
    samples = calibrated_on(parts, recipe, sampled)
    stage("lowering (encode_step)")
    lowered = lower_parts(parts, pair)
    data = export_parts(parts, lowered, recipe, samples, target, stage)
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
    if recipe.calibrated and not recipe.parts:
        reasons.append(
            f"{recipe.name} is not for a model of encoder and decoder: there is no calibration of memories and "
            "states; take dynamic_wi8, or static_encoder_int8 for one of pictures"
        )
    if request.lowering != "auto":
        reasons.append(f"a model of encoder and decoder has a lowering of its own: leave --lowering {request.lowering}")
    if reasons:
        raise ConversionError(reasons)


def calibrated_on(parts: Parts, recipe: Recipe, given: Sequence[Arrays]) -> list[Arrays]:
    """The encoder's inputs by which its ranges are measured, out of samples of the whole model's inputs.

    Raises:
      ConversionError: the recipe cannot be calibrated for such an encoder.
      InputError: a sample is not the encoder's.
    """
    if not recipe.calibrated:
        return []
    if parts.sequence_inputs:
        raise ConversionError(
            f"{recipe.name} is for encoders of inputs of one size, such as pictures, and "
            f"{', '.join(parts.sequence_inputs)} may have any length: take dynamic_wi8"
        )
    names = [tensor.name for tensor in parts.encoder_inputs]
    own = [{name: array for name, array in case.items() if name in names} for case in given]
    return [check_inputs(case, parts.encoder_inputs) for case in own]


def export_parts(
    parts: Parts,
    lowered: Lowered,
    recipe: Recipe,
    samples: Sequence[Arrays],
    target: Target,
    stage: Callable[[str], None],
) -> bytes:
    """Both parts as one TFLite file, each by its own recipe where there are two.

    Args:
      parts: of the model.
      lowered: its signatures.
      recipe: how to store the weights.
      samples: inputs of the encoder, where it is calibrated.
      target: the runtime that must load the file.
      stage: told the name of each step before it begins.
    """
    if not recipe.parts:
        return export_tflite(parts.model, lowered.signatures, (), recipe, target, stage)
    found = []
    for part, own in recipe.parts.items():
        signatures = [signature for signature in lowered.signatures if signature.spec.part == part]
        fed = [(signatures[0].spec.name, sample) for sample in samples] if own.calibrated else []
        with evenly_rounded(parts.encoder) if own.calibrated else contextlib.nullcontext():
            found.append(export_tflite(parts.model, signatures, fed, own, target, stage))
    return merge_models(found)


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
