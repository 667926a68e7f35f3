"""The child process: everything that needs TensorFlow. `python -m edgernn.convert.worker FOLDER`."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import signal
import sys
from pathlib import Path
from typing import Any

from edgernn.convert import request as files
from edgernn.convert.errors import ConversionError
from edgernn.convert.request import Request, Response, Rounding, read_arrays, read_json, write_arrays, write_json
from edgernn.edge_runtime.errors import EdgeRNNError
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, TensorSpec

_PR_SET_PDEATHSIG = 1
_PACKAGES = ("tensorflow", "keras", "numpy")


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
    from edgernn.convert.keras_model import describe_inputs, describe_outputs, load_keras
    from edgernn.convert.lowerings import LoweringRequest, choose_lowering
    from edgernn.convert.ops import list_ops
    from edgernn.convert.recipes import find_recipe
    from edgernn.convert.targets import check_ops, find_target

    stage("loading the Keras model")
    model = load_keras(request.model)
    inputs, outputs = describe_inputs(model), describe_outputs(model)
    causality = follow_time(model, tuple(t.name for t in outputs))
    task = LoweringRequest(model, inputs, outputs, causality, request.always_real, request.max_length)
    lowering, reason = choose_lowering(task, request.lowering)
    stage(f"lowering ({lowering.name})")
    lowered = lowering.lower(task, reason)
    target = find_target(request.target)
    data = export_tflite(model, lowered.signatures, find_recipe(request.recipe), target, stage)
    ops = list_ops(data)
    check_ops(ops, target)
    (folder / files.MODEL).write_bytes(data)
    stage("computing Keras's outputs")
    given, rounding = _prove(folder, request, model, inputs, outputs, lowered.execution)
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return Response(
        inputs, outputs, lowered.execution, ops, reason, int(model.count_params()), versions, given, rounding
    )


def _prove(
    folder: Path,
    request: Request,
    model: Any,
    inputs: tuple[TensorSpec, ...],
    outputs: tuple[TensorSpec, ...],
    execution: ExecutionSpec,
) -> tuple[int, Rounding]:
    """Writes the cases of the proof and Keras's outputs for them.

    Returns:
      How many of the cases were given, and how much the model amplifies rounding.
    """
    from edgernn.convert.conditioning import rounding_of
    from edgernn.convert.graph.states import states_by_layer
    from edgernn.convert.random_cases import random_cases, with_states
    from edgernn.convert.reference import keras_outputs, keras_outputs_from_states

    given = read_arrays(folder / files.CASES) if (folder / files.CASES).exists() else []
    random, expected = random_cases(model, inputs, outputs, request.max_length, not request.always_real)
    cases = [*given, *random]
    reference = [*keras_outputs(model, inputs, outputs, given), *expected]
    if execution.states and (named := states_by_layer(model, execution.states)):
        started = with_states(random, execution.states)
        cases += started
        reference += keras_outputs_from_states(model, inputs, outputs, named, started)
    write_arrays(folder / files.CASES, cases)
    write_arrays(folder / files.REFERENCE, reference)
    return len(given), rounding_of(model, inputs, outputs, random, expected)


def die_with_parent() -> None:
    """Asks Linux to end this process when the converter that started it is killed."""
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    except (OSError, AttributeError):  # other systems have no such call
        return


if __name__ == "__main__":
    die_with_parent()
    status = main(Path(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    # TensorFlow's threads may crash while the interpreter winds down; the files are written.
    os._exit(status)
