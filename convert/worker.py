"""The child process: everything that needs TensorFlow. `python -m edgernn.convert.worker FOLDER`."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edgernn.convert import request as files
from edgernn.convert.errors import ConversionError
from edgernn.convert.request import (
    Arrays,
    Request,
    Response,
    Rounding,
    read_arrays,
    read_json,
    write_arrays,
    write_json,
)
from edgernn.convert.supervised import die_with_parent
from edgernn.edge_runtime.arrays import check_inputs
from edgernn.edge_runtime.errors import EdgeRNNError
from edgernn.edge_runtime.spec.manifest import MIN_GOLDEN_VECTORS
from edgernn.edge_runtime.spec.tensors import TensorSpec

if TYPE_CHECKING:
    from edgernn.convert.lowerings import Lowered
    from edgernn.convert.ops import WeightReads
    from edgernn.convert.recipes import Recipe
    from edgernn.convert.reference import KerasReference

# How many of the proof's inputs are run from states that are not zero too.
_FROM_STATES = 8
PACKAGES = ("tensorflow", "keras", "numpy")


def main(folder: Path) -> int:
    """Does what `request.json` in `folder` asks; leaves `response.json` or `failure.json` there."""
    try:
        response = work(folder)
    except ConversionError as error:
        write_json(folder / files.FAILURE, {"reasons": error.reasons})
        return 1
    except EdgeRNNError as error:
        write_json(folder / files.FAILURE, {"reasons": [str(error)]})
        return 1
    write_json(folder / files.RESPONSE, response)
    return 0


def work(folder: Path) -> Response:
    """Loads, lowers, converts, and computes Keras's outputs for the proof."""
    request = read_json(folder / files.REQUEST, Request)

    def stage(name: str) -> None:
        (folder / files.STAGE).write_text(name, encoding="utf-8")

    stage("importing TensorFlow")
    from edgernn.convert.export import export_tflite
    from edgernn.convert.graph.causality import follow_time
    from edgernn.convert.graph.walk import functional_of, recurrent_layers
    from edgernn.convert.keras_model import describe_inputs, describe_outputs, load_keras
    from edgernn.convert.lowerings import LoweringRequest, choose_lowering, chunk_sizes_for
    from edgernn.convert.ops import list_ops, weight_reads
    from edgernn.convert.recipes import find_recipe
    from edgernn.convert.reference import KerasReference
    from edgernn.convert.targets import check_ops, find_target

    recipe, target = find_recipe(request.recipe), find_target(request.target)
    stage("loading the Keras model")
    model = load_keras(request.model)
    if request.pair is not None:
        from edgernn.convert.pairs.work import work_on_pair

        return work_on_pair(folder, request, request.pair, model, recipe, target, stage)
    _check_batch(functional_of(model).inputs[0].shape[0], request.batch)
    inputs, outputs = describe_inputs(model, request.batch), describe_outputs(model, request.batch)
    causality = follow_time(model, tuple(t.name for t in outputs))
    lengths = [tensor.shape[1] for tensor in inputs if tensor.name in causality.sequence_inputs]
    sizes = (1,) if recipe.single_steps else chunk_sizes_for(lengths, len(recurrent_layers(model)))
    task = LoweringRequest(model, inputs, outputs, causality, request.always_real, request.max_length, sizes)
    lowering, reason = choose_lowering(task, request.lowering, recipe.refused_lowerings)
    stage(f"lowering ({lowering.name})")
    lowered = share_weights(lowering.lower(task, reason), recipe)
    samples = _samples(folder, recipe, lowered, inputs)
    data = export_tflite(model, lowered.signatures, samples, recipe, target, stage)
    lowered = with_reads(lowered, weight_reads(data))
    ops = list_ops(data)
    check_ops(ops, target)
    (folder / files.MODEL).write_bytes(data)
    stage("computing Keras's outputs")
    given, rounding = _prove(folder, request, model, KerasReference(model, inputs, outputs), inputs, lowered)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return Response(
        inputs, outputs, lowered.execution, ops, reason, int(model.count_params()), versions, given, rounding
    )


def _check_batch(own: int | None, wanted: int) -> None:
    if own not in (None, wanted) and wanted != 1:
        raise ConversionError(f"the model takes batches of {own} itself: convert it with --batch {own}, or without")


def share_weights(lowered: Lowered, recipe: Recipe) -> Lowered:
    """Tells the runtime whether the recipe's operators may share packed weights."""
    return replace(lowered, execution=replace(lowered.execution, share_packed_weights=not recipe.calibrated))


def with_reads(lowered: Lowered, reads: dict[str, WeightReads]) -> Lowered:
    """Tells the runtime what each signature reads."""
    signatures = tuple(replace(spec, **asdict(reads[spec.name])) for spec in lowered.execution.signatures)
    return replace(lowered, execution=replace(lowered.execution, signatures=signatures))


def _samples(
    folder: Path, recipe: Recipe, lowered: Lowered, inputs: tuple[TensorSpec, ...]
) -> list[tuple[str, Arrays]]:
    if not recipe.calibrated:
        return []
    from edgernn.convert.calibration import calibration_samples

    functions = [signature.function for signature in lowered.signatures]
    cases = [check_inputs(case, inputs) for case in read_arrays(folder / files.CALIBRATION)]
    return list(calibration_samples(lowered.execution, functions, cases))


def _prove(
    folder: Path,
    request: Request,
    model: Any,
    reference: KerasReference,
    inputs: tuple[TensorSpec, ...],
    lowered: Lowered,
) -> tuple[int, Rounding]:
    """Writes the cases of the proof and Keras's outputs for them.

    Returns:
      How many of the cases were given, and how much the model amplifies rounding.
    """
    from edgernn.convert.conditioning import rounding_of
    from edgernn.convert.random_cases import beginnings, random_cases

    given = read_arrays(folder / files.CASES) if (folder / files.CASES).exists() else []
    if (folder / files.CALIBRATION).exists():
        # Static ranges hold for inputs like these; random ones may lie far outside.
        samples = [check_inputs(case, inputs) for case in read_arrays(folder / files.CALIBRATION)]
        probes = [samples[i * len(samples) // MIN_GOLDEN_VECTORS] for i in range(MIN_GOLDEN_VECTORS)]
        expected = reference.run(probes)
    elif request.real_probes:
        probes = beginnings(given, lowered.execution.sequence_inputs)
        expected = reference.run(probes)
    else:
        probes, expected = random_cases(model, inputs, reference, request.max_length, not request.always_real)
    started, after = _from_states(model, reference, lowered, probes)
    write_arrays(folder / files.CASES, [*given, *probes, *started])
    write_arrays(folder / files.REFERENCE, [*reference.run(given), *expected, *after])
    return len(given), rounding_of(model, reference, probes, expected)


def _from_states(
    model: Any, reference: KerasReference, lowered: Lowered, probes: list[Arrays]
) -> tuple[list[Arrays], list[Arrays]]:
    """Some of the probes once more, each from states that another one reaches, and Keras's outputs for them."""
    from edgernn.convert.calibration import reached_states
    from edgernn.convert.graph.states import states_by_layer

    execution = lowered.execution
    named = states_by_layer(model, execution.states) if execution.states else None
    if not named:
        return [], []
    functions = [signature.function for signature in lowered.signatures]
    by_size = sorted(probes, key=lambda case: sum(array.size for array in case.values()))
    before, then = by_size[2 : 2 + _FROM_STATES], probes[:: max(1, len(probes) // _FROM_STATES)]
    started = [
        {**case, **reached_states(execution, functions, first)} for first, case in zip(before, then, strict=False)
    ]
    after = reference.run_from_states(named, started)
    # Where Keras itself overflows from such states (an unbounded activation), there is nothing to compare with.
    kept = [n for n, outputs in enumerate(after) if all(np.isfinite(array).all() for array in outputs.values())]
    return [started[n] for n in kept], [after[n] for n in kept]


if __name__ == "__main__":
    die_with_parent()
    status = main(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    # TensorFlow's threads may crash while the interpreter winds down; the files are written.
    os._exit(status)
