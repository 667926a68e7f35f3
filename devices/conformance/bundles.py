"""What is read of sound bundles, and their self-tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.devices.conformance.archives import broken_golden, edits_between
from edgernn.devices.conformance.models import opened, path_of
from edgernn.devices.conformance.plain import number
from edgernn.edge_runtime.golden import golden_from_json
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.selftest import output_scale, selftest
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME


def bundle_vectors(folder: Path) -> dict[str, Any]:
    """Hashes, manifest and self-test of every bundle; and a bundle whose self-test must fail."""
    names = sorted(path.name.removesuffix(".tflite") for path in folder.glob("*.tflite"))
    return {
        "about": "reading, manifest, self-test. `task` is the manifest's, with defaults filled in",
        "cases": [_case(opened(folder, name, Model), name) for name in names],
        "failing": [_failing(folder, "sensor")],
    }


def _case(model: Model, name: str) -> dict[str, Any]:
    manifest, report = model.manifest, selftest(model)
    vectors = golden_from_json(model.bundle.assets[GOLDEN_NAME])
    return {
        "bundle": name,
        "class": type(model).__name__,
        "size": model.bundle.size,
        "sha256": model.bundle.sha256,
        "model": encode(manifest.model),
        "assets": encode(manifest.assets),
        "inputs": encode(manifest.inputs),
        "outputs": encode(manifest.outputs),
        "mode": manifest.execution.mode,
        "signatures": [s.name for s in manifest.execution.signatures],
        "states": [s.name for s in manifest.execution.states],
        "recipe": manifest.quantization.recipe,
        "task": encode(manifest.typed_task),
        "selftest": {
            "passed": report.passed,
            "vectors": report.vectors,
            "tolerance": report.tolerance,
            "scale": number(output_scale(vectors)),
        },
    }


def _failing(folder: Path, name: str) -> dict[str, Any]:
    data = path_of(folder, name).read_bytes()
    changed, vector = broken_golden(data)
    return {"bundle": name, "edits": edits_between(data, changed), "passed": False, "failing_vectors": [vector]}
