"""`edgernn info`: what a bundle says of itself."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgernn.edge_runtime.bundle import Bundle
    from edgernn.edge_runtime.spec.manifest import Manifest
    from edgernn.edge_runtime.spec.tensors import ExecutionSpec, TensorSpec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", metavar="BUNDLE.tflite")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Reads and checks the bundle, and describes it; no engine is needed."""
    from edgernn.edge_runtime.bundle import read_bundle
    from edgernn.edge_runtime.cli.output import one_line, print_json

    bundle = read_bundle(args.bundle)
    if args.json:
        print_json(_document(bundle))
        return 0
    for name, value in _rows(bundle):
        print(f"{name:<13}{one_line(value)}".rstrip())
    return 0


def _document(bundle: Bundle) -> dict[str, Any]:
    return {
        "file": str(bundle.path),
        "bytes": bundle.size,
        "sha256": bundle.sha256,
        "engine": _engine(bundle.manifest.execution),
        **bundle.manifest.to_dict(),
    }


def _rows(bundle: Bundle) -> list[tuple[str, str]]:
    manifest = bundle.manifest
    execution, task = manifest.execution, manifest.typed_task
    states = ", ".join(f"{s.name} {s.dtype}{list(s.shape)}" for s in execution.states)
    assets = ", ".join(f"{name} ({file.size:,} bytes)" for name, file in manifest.assets.items())
    proof = manifest.proof
    rows = [
        ("file", f"{bundle.path}, {bundle.size:,} bytes, format {manifest.format_version}"),
        ("task", task.name),
        ("inputs", _tensors(manifest.inputs)),
        ("outputs", _tensors(manifest.outputs)),
        ("signatures", f"{', '.join(s.name for s in execution.signatures)} (lowering: {execution.lowering})"),
        ("states", states or "none"),
        ("recipe", f"{manifest.quantization.recipe}: {manifest.quantization.summary}"),
        ("target", manifest.target),
        ("engine", _engine(manifest.execution)),
        ("model", f"{manifest.model.size:,} bytes"),
        ("assets", assets),
        ("operators", ", ".join(f"{op.name} v{op.version} x{op.count}" for op in manifest.ops)),
        (
            "proof",
            f"{proof.cases} inputs against Keras, greatest error {proof.max_error:.2e} of {proof.scale:.3g}",
        ),
        ("golden", f"{manifest.golden.vectors} vectors, tolerance {manifest.golden.tolerance:g}"),
    ]
    return rows + _quality_rows(manifest) + _data_rows(manifest)


def _quality_rows(manifest: Manifest) -> list[tuple[str, str]]:
    quality = manifest.quality
    if quality is None:
        return []
    pairs = [f"{name} {value:.4f} (Keras {quality.keras[name]:.4f})" for name, value in quality.artifact.items()]
    return [("quality", f"{', '.join(pairs)} on {quality.examples} examples of the {quality.split} split")]


def _data_rows(manifest: Manifest) -> list[tuple[str, str]]:
    data = manifest.data
    if data is None:
        return []
    return [
        ("data", f"{data.name}, seed {data.split.seed}, {sum(data.split.counts.values()):,} examples"),
        ("licence", data.licence),
        ("credit", data.credit),
    ]


def _tensors(tensors: tuple[TensorSpec, ...]) -> str:
    return ", ".join(f"{t.name} {t.dtype}{['any' if n is None else n for n in t.shape]}" for t in tensors)


def _engine(execution: ExecutionSpec) -> str:
    from edgernn.edge_runtime.engines import by_preference

    states = [engine.status() for engine in by_preference(execution)]
    found = next((f"{state.name} {state.version}" for state in states if state.available), None)
    return found or "none is installed (see edgernn doctor)"
