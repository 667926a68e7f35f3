"""Runs the artifact on the proof's inputs, in a process of its own: a native kernel may abort on what it is given."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edgernn.convert import request as files
from edgernn.convert.errors import ConversionError
from edgernn.convert.proof import run_artifact
from edgernn.convert.request import (
    Arrays,
    TrialRequest,
    TrialResponse,
    read_arrays,
    read_json,
    write_arrays,
    write_json,
)
from edgernn.convert.source import Source, read_source
from edgernn.convert.supervised import die_with_parent, run_supervised
from edgernn.convert.tasks import plan_for
from edgernn.edge_runtime.bundle.reader import Bundle
from edgernn.edge_runtime.engines import survey
from edgernn.edge_runtime.errors import EdgeRNNError, RuntimeUnavailable
from edgernn.edge_runtime.golden import golden_to_json
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.manifest import Manifest
from edgernn.edge_runtime.tasks import task_class


@dataclass(frozen=True)
class Tried:
    """What the artifact did.

    Attributes:
      outputs: by case.
      golden: the golden vectors, as the asset that the bundle carries.
      vectors: how many they are.
      engine: name of the engine that ran it.
      measured: what the task measured on it, by name.
    """

    outputs: list[Arrays]
    golden: bytes
    vectors: int
    engine: str
    measured: dict[str, float]


def try_artifact(
    source: Source, model: bytes, draft: Manifest, cases: Sequence[Arrays], engines: Sequence[str], timeout_s: float
) -> Tried:
    """Runs it in a child process.

    Args:
      source: what was converted.
      model: the TFLite FlatBuffer.
      draft: its manifest, before the results are known.
      cases: the proof's inputs.
      engines: that may run it, best first.
      timeout_s: seconds after which the child is killed.

    Raises:
      ConversionError: no engine accepts it, or one crashed on it.
    """
    with tempfile.TemporaryDirectory(prefix="edgernn-trial-") as name:
        folder = Path(name)
        (folder / files.MODEL).write_bytes(model)
        write_json(folder / files.MANIFEST, draft)
        write_json(folder / files.TRIAL, TrialRequest(str(source.path), tuple(engines)))
        write_arrays(folder / files.CASES, cases)
        command = [sys.executable, "-m", "edgernn.convert.trial", str(folder)]
        run_supervised(command, folder, timeout_s, "the runtime", files.TRIED)
        response = read_json(folder / files.TRIED, TrialResponse)
        golden = (folder / files.GOLDEN).read_bytes()
        return Tried(read_arrays(folder / files.OUTPUTS), golden, response.vectors, response.engine, response.measured)


def main(folder: Path) -> int:
    """The child: does what `trial.json` asks."""
    try:
        response = _work(folder)
    except ConversionError as error:
        write_json(folder / files.FAILURE, {"reasons": error.reasons})
        return 1
    except EdgeRNNError as error:
        write_json(folder / files.FAILURE, {"reasons": [str(error)]})
        return 1
    write_json(folder / files.TRIED, response)
    return 0


def _work(folder: Path) -> TrialResponse:
    request = read_json(folder / files.TRIAL, TrialRequest)
    manifest = read_json(folder / files.MANIFEST, Manifest)
    source = read_source(request.source)
    plan = plan_for(source)
    data = (folder / files.MODEL).read_bytes()
    bundle = Bundle(source.model, data, manifest, plan.assets())
    model = _open(bundle, source, request.engines, folder)
    cases = read_arrays(folder / files.CASES)
    write_arrays(folder / files.OUTPUTS, run_artifact(model, cases))
    vectors = plan.golden(model, cases)
    (folder / files.GOLDEN).write_bytes(golden_to_json(vectors))
    return TrialResponse(model.engine, len(vectors), plan.measured(model))


def _open(bundle: Bundle, source: Source, engines: Sequence[str], folder: Path) -> Model:
    refusals = []
    usable = {status.name for status in survey() if status.available}
    for engine in (name for name in engines if name in usable):
        (folder / files.STAGE).write_text(f"running the converted model with {engine}", encoding="utf-8")
        try:
            return task_class(source.task.name)(bundle, None, engine)
        except RuntimeUnavailable as error:
            refusals.append(str(error))
    raise ConversionError(refusals or [f"none of the engines {', '.join(engines)} is installed: see edgernn doctor"])


if __name__ == "__main__":
    die_with_parent()
    sys.exit(main(Path(sys.argv[1])))
