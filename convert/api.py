"""The converter: read, convert in a child process, prove, pack."""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from edgernn.convert.calibration import read_calibration
from edgernn.convert.child import Converted, run_child
from edgernn.convert.errors import ConversionError
from edgernn.convert.fitting import check_recipe, profile_named, remarks_on
from edgernn.convert.proof import check_proof, check_quality, compare, drift
from edgernn.convert.recipes import AUTO_BOUNDS, Bounds, Recipe, find_recipe
from edgernn.convert.request import Arrays, Request
from edgernn.convert.source import Source, read_source
from edgernn.convert.supervised import DEFAULT_TIMEOUT_S
from edgernn.convert.targets import Target, find_target
from edgernn.convert.tasks import TaskPlan, plan_for
from edgernn.convert.trial import Tried, try_artifact
from edgernn.edge_runtime.bundle.writer import file_spec, pack_bundle
from edgernn.edge_runtime.errors import CheckFailed, InputError
from edgernn.edge_runtime.extras import require
from edgernn.edge_runtime.files import write_bytes
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.manifest import (
    FORMAT_VERSION,
    GOLDEN_NAME,
    GoldenSpec,
    Manifest,
    ProofSpec,
    QualitySpec,
    QuantizationSpec,
)

# Each row has buffers of its own in every step that is written out.
MAX_BATCH = 256


@dataclass(frozen=True)
class Options:
    """What the user chose.

    Attributes:
      quantize: name of the recipe.
      target: name of the target or of a device's profile.
      lowering: name of the lowering, or "auto".
      max_drop: points of the task's metric that may be lost; None: as the task says.
      timeout_s: seconds that the child process may take.
      batch: sequences that the bundle computes at once.
    """

    quantize: str = "dynamic_wi8"
    target: str = "litert"
    lowering: str = "auto"
    max_drop: float | None = None
    timeout_s: float = DEFAULT_TIMEOUT_S
    batch: int = 1


@dataclass(frozen=True)
class Result:
    """A finished conversion.

    Attributes:
      data: the bundle's bytes.
      manifest: what it says of itself.
      report: sizes, errors against Keras, quality, what was lowered how and why; plain JSON values.
    """

    data: bytes
    manifest: Manifest
    report: dict[str, Any]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the bundle to `path`, whole or not at all."""
        write_bytes(path, self.data)


class ProofFailed(CheckFailed):
    """The conversion ran, and the artifact strays too far from Keras.

    Attributes:
      report: as in `Result`.
    """

    def __init__(self, failures: list[str], report: dict[str, Any]) -> None:
        super().__init__("; ".join(failures))
        self.report = report


def convert(
    model: Any,
    quantize: str = "dynamic_wi8",
    calibration: str | os.PathLike[str] | dict[str, Any] | None = None,
    target: str = "litert",
    *,
    lowering: str = "auto",
    max_drop: float | None = None,
    timeout_s: float = DEFAULT_TIMEOUT_S,
    batch: int = 1,
    progress: Callable[[str], None] = lambda message: None,
) -> Result:
    """Converts a Keras model, and proves that the result computes the same.

    Args:
      model: a Keras model in memory, a `.keras` or `.h5` file, or a folder from `edgernn train`.
      quantize: name of the recipe (`edgernn.convert.recipes.RECIPES`), or "auto": the smallest that passes its proof.
      calibration: for static recipes: a .npz file or arrays by input name, each [examples, ...]; a folder from
        `edgernn train` brings its own.
      target: name of a runtime (`edgernn.convert.targets.TARGETS`) or of a device (`edgernn.devices.profiles`).
      lowering: name of the lowering, or "auto".
      max_drop: points of the task's metric, or percent of an error, that may be lost; None: as the task says (0.3, and
        0.5 for forecasts).
      timeout_s: seconds that the conversion may take.
      batch: sequences that the bundle computes at once, each with states of its own; 1 but for bare models.
      progress: told what is being done.

    Raises:
      ConversionError: the model cannot be converted; every reason is named.
      ProofFailed: the artifact strays from Keras by more than the recipe's bounds or `max_drop`.
      InputError: a file or a name is wrong.
      RuntimeUnavailable: TensorFlow is not installed.
    """
    require("convert", "tensorflow", "keras", "ai_edge_litert", "litert_quantizer")
    options = Options(quantize, target, lowering, max_drop, timeout_s, batch)
    _check_options(options, calibration is not None)
    cases = read_calibration(calibration, batch) if calibration is not None else []
    if isinstance(model, (str, os.PathLike)):
        return _convert(read_source(model), options, cases, progress)
    with tempfile.TemporaryDirectory(prefix="edgernn-model-") as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return _convert(read_source(path), options, cases, progress)


def _check_options(options: Options, calibrated: bool) -> None:
    if not 1 <= options.batch <= MAX_BATCH:
        raise InputError(f"batch must be 1 to {MAX_BATCH}, not {options.batch}")
    target = find_target(options.target)
    if options.quantize == "auto":
        return
    recipe = find_recipe(options.quantize)
    if calibrated and not recipe.calibrated:
        raise InputError(f"{recipe.name} needs no calibration data: leave it out")
    if reason := recipe.refused_targets.get(target.name):
        raise InputError(f"{recipe.name} is not for the target {target.name}: {reason}")
    check_recipe(profile_named(options.target), recipe.name)


def _convert(source: Source, options: Options, calibration: list[Arrays], progress: Callable[[str], None]) -> Result:
    plan = plan_for(source)
    if options.batch != 1 and source.task.name != "model":
        raise InputError(f"a {source.task.name} bundle computes one text at a time: leave --batch out")
    if options.quantize != "auto":
        recipe = find_recipe(options.quantize)
        return _attempt(source, plan, options, recipe, recipe.bounds, calibration, progress)
    tried: list[dict[str, Any]] = []
    for name in plan.auto:
        recipe = find_recipe(name)
        if find_target(options.target).name in recipe.refused_targets:
            continue
        bounds = recipe.bounds if plan.metric else recipe.bounds.no_wider_than(AUTO_BOUNDS)
        try:
            result = _attempt(source, plan, options, recipe, bounds, calibration, progress)
        except ProofFailed as error:
            tried.append({"recipe": name, "bytes": error.report["bundle_bytes"], "failures": error.report["failures"]})
        else:
            tried.append({"recipe": name, "bytes": len(result.data), "failures": []})
            return Result(result.data, result.manifest, {**result.report, "tried": tried})
    raise ConversionError([f"{attempt['recipe']}: {'; '.join(attempt['failures'])}" for attempt in tried])


def _attempt(
    source: Source,
    plan: TaskPlan,
    options: Options,
    recipe: Recipe,
    bounds: Bounds,
    calibration: list[Arrays],
    progress: Callable[[str], None],
) -> Result:
    target = find_target(options.target)
    request = Request(
        model=str(source.model.resolve()),
        recipe=recipe.name,
        target=target.name,
        lowering=options.lowering,
        always_real=plan.always_real,
        max_length=plan.max_length,
        batch=options.batch,
        real_probes=plan.real_probes,
        pair=plan.pair,
    )
    samples = _calibration_for(recipe, plan, calibration)
    progress(f"converting to {recipe.name} in a child process")
    converted = run_child(request, plan.cases(), options.timeout_s, samples)
    assets = plan.assets()
    draft = _draft(source, converted, recipe, target, assets)
    progress("proving the artifact against Keras")
    tried = try_artifact(source, converted.model, draft, converted.cases, target.engines, options.timeout_s)
    compared = (draft.execution, converted.cases, converted.reference, tried.outputs)
    proof, drifted = compare(*compared), drift(*compared)
    if not plan.has_classes:
        proof = replace(proof, argmax_agreement=None)
    quality = plan.quality(converted.reference, tried.outputs, tried.measured)
    result = _pack(converted, draft, assets, tried, proof, quality)
    failures = check_proof(proof, bounds, converted.response.rounding, drifted)
    allowed = plan.max_drop if options.max_drop is None else options.max_drop
    for metric in (plan.metric, *plan.further_metrics):
        failures += check_quality(quality, metric, allowed)
    report = _report(source, result, converted, bounds, tried.engine, drifted, failures)
    fitting = remarks_on(profile_named(options.target), result.manifest.execution, len(result.data))
    report["remarks"] = (*plan.remarks(tried.outputs), *fitting)
    if failures:
        raise ProofFailed(failures, report)
    return Result(result.data, result.manifest, report)


def _calibration_for(recipe: Recipe, plan: TaskPlan, given: list[Arrays]) -> list[Arrays]:
    if recipe.parts and plan.pair is None:
        raise InputError(f"{recipe.name} is for models of encoder and decoder, such as captioners: take dynamic_wi8")
    if not recipe.calibrated:
        return []
    if samples := given or plan.calibration():
        return samples
    if plan.pair is not None:
        return []  # the child says what such a model cannot be calibrated for
    raise InputError(
        f"{recipe.name} needs sample inputs: give --calibrate FILE.npz, an array [examples, ...] for each model input"
    )


def _draft(source: Source, converted: Converted, recipe: Recipe, target: Target, assets: dict[str, bytes]) -> Manifest:
    response = converted.response
    return Manifest(
        format_version=FORMAT_VERSION,
        kit_version=importlib.metadata.version("edgernn"),
        model=file_spec(converted.model),
        assets={name: file_spec(data) for name, data in assets.items()},
        inputs=response.inputs,
        outputs=response.outputs,
        execution=response.execution,
        quantization=QuantizationSpec(recipe.name, recipe.summary),
        target=target.name,
        ops=response.ops,
        proof=ProofSpec(0, 0.0, 0.0, 1.0),
        golden=GoldenSpec(0, recipe.bounds.device),
        task=encode(source.task),
        data=source.data,
    )


@dataclass(frozen=True)
class _Packed:
    data: bytes
    manifest: Manifest


def _pack(
    converted: Converted,
    draft: Manifest,
    assets: dict[str, bytes],
    tried: Tried,
    proof: ProofSpec,
    quality: QualitySpec | None,
) -> _Packed:
    manifest = draft.with_results(
        assets={**draft.assets, GOLDEN_NAME: file_spec(tried.golden)},
        proof=proof,
        golden=GoldenSpec(tried.vectors, draft.golden.tolerance),
        quality=quality,
    )
    return _Packed(pack_bundle(converted.model, manifest, {**assets, GOLDEN_NAME: tried.golden}), manifest)


def _report(
    source: Source,
    packed: _Packed,
    converted: Converted,
    bounds: Bounds,
    engine: str,
    drifted: list[tuple[int, float]],
    failures: list[str],
) -> dict[str, Any]:
    document = packed.manifest.to_dict()
    return {
        "source": source.model.parent.name if source.folder else source.model.name,
        "passed": not failures,
        "failures": failures,
        "bundle_bytes": len(packed.data),
        "model_bytes": len(converted.model),
        "keras_parameters": converted.response.parameters,
        "lowering": {"name": document["execution"]["lowering"], "reason": converted.response.reason},
        "proved_with": engine,
        "drift": drifted,
        "rounding": asdict(converted.response.rounding),
        "bounds": asdict(bounds),
        "versions": converted.response.versions,
        **{key: document[key] for key in ("quantization", "target", "proof", "quality", "ops", "execution", "data")},
    }
