"""The manifest: everything that a bundle says of itself. Reader and writer share this one declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.spec.data import DataSpec
from edgernn.edge_runtime.spec.decode import decode, encode
from edgernn.edge_runtime.spec.tasks import TASK_SPECS, TaskSpec, task_spec
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, TensorSpec

FORMAT_VERSION = 1
MANIFEST_NAME = "edgernn.json"
GOLDEN_NAME = "golden.json"
MIN_GOLDEN_VECTORS = 16


@dataclass(frozen=True)
class FileSpec:
    """Size in bytes and SHA-256 (64 hexadecimal digits) of the model or of an asset."""

    size: int
    sha256: str


@dataclass(frozen=True)
class OpSpec:
    """One kind of operator in the model: TFLite's name, its version, and how often it occurs."""

    name: str
    version: int
    count: int


@dataclass(frozen=True)
class QuantizationSpec:
    """How the weights are stored.

    Attributes:
      recipe: a name such as "dynamic_wi8" (dynamic range, weights as 8-bit integers).
      summary: one sentence for people.
    """

    recipe: str
    summary: str


@dataclass(frozen=True)
class ProofSpec:
    """What the conversion measured: the artifact, run by this runtime, against Keras.

    Attributes:
      cases: number of inputs compared.
      max_error: greatest absolute difference of any output, in the output's unit.
      mean_error: mean absolute difference.
      scale: greatest absolute value in Keras's outputs; errors are to be read against it.
      argmax_agreement: part of the cases with the same greatest class, 0 to 1, or null for other outputs.
      from_states: how many of the inputs were run from states that are not zero.
      longest: steps of the longest input.
    """

    cases: int
    max_error: float
    mean_error: float
    scale: float
    argmax_agreement: float | None = None
    from_states: int = 0
    longest: int = 0


@dataclass(frozen=True)
class QualitySpec:
    """The task's metrics on the test split.

    Attributes:
      split: what was measured on ("test").
      examples: how many.
      keras: metric by name, of the float Keras model.
      artifact: metric by name, of this file.
    """

    split: str
    examples: int
    keras: dict[str, float]
    artifact: dict[str, float]


@dataclass(frozen=True)
class GoldenSpec:
    """How far a device may stray from the golden vectors.

    Attributes:
      vectors: how many there are in the asset `golden.json`.
      tolerance: greatest absolute difference allowed, as a part of the outputs' scale.
    """

    vectors: int
    tolerance: float


@dataclass(frozen=True)
class Manifest:
    """The content of `edgernn.json`.

    Attributes:
      format_version: of this layout; a reader refuses a newer one.
      kit_version: version of the kit that wrote the file.
      model: the TFLite bytes before the archive.
      assets: by name, every other member of the archive.
      inputs: the Keras model's, batch axis 1, null where the length is free.
      outputs: the Keras model's, in its order.
      execution: how the signatures compute the model.
      quantization: how the weights are stored.
      target: the runtime that the file was made for ("litert", "tflite-runtime").
      ops: operators in the model, all signatures together.
      proof: the artifact against Keras.
      golden: the self-test's bounds.
      task: pre- and post-processing, by the task's own declaration.
      data: what it was trained on, or null.
      quality: the task's metrics, or null.
    """

    format_version: int
    kit_version: str
    model: FileSpec
    assets: dict[str, FileSpec]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    execution: ExecutionSpec
    quantization: QuantizationSpec
    target: str
    ops: tuple[OpSpec, ...]
    proof: ProofSpec
    golden: GoldenSpec
    task: object
    data: DataSpec | None = None
    quality: QualitySpec | None = None

    @property
    def typed_task(self) -> TaskSpec:
        """The task's declaration as its own dataclass (validated when the manifest was parsed)."""
        faults: list[str] = []
        task = decode_task(self.task, faults)
        if task is None:
            raise BundleError("; ".join(faults))
        return task

    def with_results(self, **fields: Any) -> Manifest:
        """A copy with these fields replaced."""
        return replace(self, **fields)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        document: dict[str, Any] = encode(self)
        return document


def parse_manifest(document: object, where: str) -> Manifest:
    """Checks `document` as a whole.

    Args:
      document: what `json.loads` gave.
      where: the file's name, for the message.

    Raises:
      BundleError: naming every fault at once, or the version needed.
    """
    refuse_newer(document, where)
    faults: list[str] = []
    manifest = decode(Manifest, document, "", faults)
    if manifest is not None:
        _check_task(manifest, faults)
        _check_files(manifest, faults)
        _check_execution(manifest, faults)
    if faults or manifest is None:
        raise BundleError(f"{where}: {MANIFEST_NAME} is not valid: {'; '.join(faults)}")
    return manifest


def refuse_newer(document: object, where: str) -> None:
    """Raises BundleError when `document` was written in a newer format than this kit reads."""
    version = document.get("format_version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise BundleError(
            f"{where}: bundle format {version} is newer than this kit reads (up to {FORMAT_VERSION}): "
            f"install an edgernn that reads format {version}"
        )


def decode_task(document: object, faults: list[str]) -> TaskSpec | None:
    """Builds the task's declaration; appends what is wrong to `faults`."""
    name = document.get("name") if isinstance(document, dict) else None
    if not isinstance(name, str) or name not in TASK_SPECS:
        faults.append(f"task.name: expected one of {', '.join(TASK_SPECS)}, found {name!r}")
        return None
    return decode(task_spec(name), document, "task", faults)


def _check_task(manifest: Manifest, faults: list[str]) -> None:
    task = decode_task(manifest.task, faults)
    faults.extend(task.faults() if task and hasattr(task, "faults") else ())
    for name in task.assets() if task else ():
        if name not in manifest.assets:
            faults.append(f"assets: {name} is missing (the task needs it)")


def _check_files(manifest: Manifest, faults: list[str]) -> None:
    if manifest.format_version < 1:
        faults.append(f"format_version: expected 1 or more, found {manifest.format_version}")
    for path, file in [("model", manifest.model), *((f"assets.{k}", v) for k, v in manifest.assets.items())]:
        if file.size < 0:
            faults.append(f"{path}.size: negative")
        if not re.fullmatch(r"[0-9a-f]{64}", file.sha256):
            faults.append(f"{path}.sha256: expected 64 lower-case hexadecimal digits")
    if GOLDEN_NAME not in manifest.assets:
        faults.append(f"assets: {GOLDEN_NAME} is missing")
    if manifest.golden.vectors < MIN_GOLDEN_VECTORS:
        faults.append(f"golden.vectors: expected {MIN_GOLDEN_VECTORS} or more, found {manifest.golden.vectors}")


def _check_execution(manifest: Manifest, faults: list[str]) -> None:
    execution = manifest.execution
    names = [signature.name for signature in execution.signatures]
    if not names:
        faults.append("execution.signatures: at least one is needed")
    if len(set(names)) != len(names):
        faults.append("execution.signatures: names occur twice")
    if execution.mode == "chunked" and names and min(s.steps for s in execution.signatures) != 1:
        faults.append("execution.signatures: chunked needs one of a single step")
    if execution.mode == "encode_step":
        faults.extend(_pair_faults(execution))
    for state in execution.states:
        if not state.name.startswith("state_"):
            faults.append(f"execution.states: {state.name!r} does not begin with state_")
    faults.extend(_unknown("sequence_inputs", execution.sequence_inputs, manifest.inputs))
    faults.extend(_unknown("sequence_outputs", execution.sequence_outputs, manifest.outputs))


def _pair_faults(execution: ExecutionSpec) -> Iterator[str]:
    encoders = [s.steps for s in execution.signatures if s.part == "encode"]
    steps = {(s.steps, s.rows) for s in execution.signatures if s.part == "step"}
    if any(not s.part for s in execution.signatures) or not encoders:
        yield "execution.signatures: encode_step needs encoders and steps, and nothing else"
    if missing := [size for size in encoders if (size, 1) not in steps]:
        yield f"execution.signatures: there is no step of one row for encoders of {', '.join(map(str, missing))} steps"
    if min((s.rows for s in execution.signatures), default=1) < 1:
        yield "execution.signatures: rows: expected 1 or more"
    if not execution.memory:
        yield "execution.memory: encode_step needs it"
    names = {state.name for state in execution.states}
    yield from (f"execution.first_states: {name!r} is no state" for name in execution.first_states if name not in names)


def _unknown(field: str, names: tuple[str, ...], tensors: tuple[TensorSpec, ...]) -> list[str]:
    known = {tensor.name for tensor in tensors}
    return [f"execution.{field}: {name!r} is not one of the model's" for name in names if name not in known]
