"""The demonstration's figures, one column a model."""

from __future__ import annotations

from typing import Any

from edgernn.convert.demo.steps import Artifact, Found

HEADER_OF = {"float32": "float32", "dynamic_wi8": "int8"}


def header(found: Found) -> list[str]:
    """Column names."""
    return ["", "Keras", *(HEADER_OF.get(artifact.recipe, artifact.recipe) for artifact in found.artifacts)]


def rows(found: Found) -> list[list[str]]:
    """Quality on the test split, size, time and memory."""
    keras = found.metrics["test"]
    sets = [keras, *(artifact.evaluation["metrics"] for artifact in found.artifacts)]
    timings = [found.keras_timing, *(artifact.timing for artifact in found.artifacts)]
    size = (found.folder / "model.keras").stat().st_size
    table = [
        ["test accuracy", *(f"{100 * metrics['accuracy']:.2f} %" for metrics in sets)],
        ["test macro F1", *(f"{metrics['macro_f1']:.4f}" for metrics in sets)],
        ["file", _size(size), *(_size(a.path.stat().st_size) for a in found.artifacts)],
        [
            "smaller than float32",
            "",
            *(f"{found.artifacts[0].path.stat().st_size / a.path.stat().st_size:.2f} x" for a in found.artifacts),
        ],
        ["same class as Keras", "", *(_agreement(artifact) for artifact in found.artifacts)],
        ["time a message (median)", *(f"{timing['p50_us'] / 1e3:.3f} ms" for timing in timings)],
        ["load, imports included", *(f"{timing['load_ms']:.0f} ms" for timing in timings)],
        ["peak memory", *(_memory(timing) for timing in timings)],
        ["self-test", "", *(_verdict(artifact.selftest) for artifact in found.artifacts)],
    ]
    if keras["f1"] is not None:
        table.insert(1, [f"test F1 of {keras['positive_label']}", *(f"{metrics['f1']:.4f}" for metrics in sets)])
    return table


def _agreement(artifact: Artifact) -> str:
    agreement = artifact.conversion["proof"]["argmax_agreement"]
    return "" if agreement is None else f"{100 * agreement:.2f} %"


def _size(size: int) -> str:
    return f"{size / 1e3:,.0f} kB"


def _memory(timing: dict[str, Any]) -> str:
    peak = timing["peak_memory_bytes"]
    return "unknown" if peak is None else f"{peak / 1e6:.0f} MB"


def _verdict(selftest: dict[str, Any]) -> str:
    return f"passed ({selftest['vectors']})" if selftest["passed"] else "FAILED"
