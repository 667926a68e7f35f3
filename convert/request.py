"""What passes between the converter and its child process: JSON and NumPy files in one folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from edgernn.convert.errors import ConversionError
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.decode import decode, encode
from edgernn.edge_runtime.spec.manifest import OpSpec
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, TensorSpec

REQUEST, RESPONSE, FAILURE, STAGE = "request.json", "response.json", "failure.json", "stage.txt"
MODEL, CASES, REFERENCE, CALIBRATION = "model.tflite", "cases.npz", "reference.npz", "calibration.npz"
TRIAL, MANIFEST, OUTPUTS, GOLDEN, TRIED = "trial.json", "manifest.json", "outputs.npz", "golden.json", "tried.json"

Arrays = dict[str, Array]
T = TypeVar("T")


@dataclass(frozen=True)
class PairRequest:
    """A model of two parts, an encoder and a decoder's step.

    Attributes:
      longest: steps of the longest source.
      rows: numbers of sequences that a call of the step takes further, 1 among them.
      encoder: name of the nested model.
      step: name of the nested model.
    """

    longest: int
    rows: tuple[int, ...] = (1, 4)
    encoder: str = "encoder"
    step: str = "step"


@dataclass(frozen=True)
class Request:
    """What the child is to do.

    Attributes:
      model: path of the Keras file.
      recipe: name of the quantization recipe.
      target: name of the target.
      lowering: name of the lowering, or "auto".
      always_real: see `LoweringRequest`.
      max_length: see `LoweringRequest`, steps.
      batch: sequences that the bundle computes at once.
      real_probes: whether the proof's inputs of many lengths are beginnings of its real ones.
      pair: where the model holds two parts.
    """

    model: str
    recipe: str
    target: str
    lowering: str
    always_real: bool
    max_length: int | None
    batch: int = 1
    real_probes: bool = False
    pair: PairRequest | None = None


@dataclass(frozen=True)
class Rounding:
    """What a change of every weight in its last bit does to the outputs: greatest and mean difference."""

    max_error: float = 0.0
    mean_error: float = 0.0


@dataclass(frozen=True)
class Response:
    """What the child made.

    Attributes:
      inputs: of the Keras model, with the batch axis asked for.
      outputs: of the Keras model.
      execution: how the signatures compute it.
      ops: operators in the file.
      reason: why this lowering.
      parameters: number of weights in the Keras model.
      versions: of the packages that took part, by name.
      given: how many of the cases were asked for; random ones follow them.
      rounding: how much the model amplifies rounding errors.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    execution: ExecutionSpec
    ops: tuple[OpSpec, ...]
    reason: str
    parameters: int
    versions: dict[str, str]
    given: int
    rounding: Rounding


@dataclass(frozen=True)
class TrialRequest:
    """What to run the artifact on.

    Attributes:
      source: path of the folder or the Keras file.
      engines: that may run it, best first.
    """

    source: str
    engines: tuple[str, ...]


@dataclass(frozen=True)
class TrialResponse:
    """What ran it.

    Attributes:
      engine: name of the one that did.
      vectors: number of golden vectors.
      measured: what the task measured on the artifact, by name.
    """

    engine: str
    vectors: int
    measured: dict[str, float]


def write_json(path: Path, value: Any) -> None:
    """Writes a dataclass, or plain values."""
    path.write_text(json.dumps(encode(value), indent=1), encoding="utf-8")


def read_json(path: Path, cls: type[T]) -> T:
    """Reads a dataclass that `write_json` wrote.

    Raises:
      ConversionError: it is not that.
    """
    faults: list[str] = []
    value = decode(cls, json.loads(path.read_text(encoding="utf-8")), "", faults)
    if value is None:
        raise ConversionError([f"{path.name}: {fault}" for fault in faults])
    return value


def write_arrays(path: Path, cases: Sequence[Arrays]) -> None:
    """Writes a list of named arrays; shapes may differ from one to the next."""
    named: dict[str, Any] = {f"{n}/{name}": array for n, case in enumerate(cases) for name, array in case.items()}
    np.savez(path, **named)


def read_arrays(path: Path) -> list[Arrays]:
    """Reads what `write_arrays` wrote."""
    cases: dict[int, Arrays] = {}
    with np.load(path, allow_pickle=False) as file:
        for key in file.files:
            number, name = key.split("/", 1)
            cases.setdefault(int(number), {})[name] = file[key]
    return [cases[number] for number in sorted(cases)]
