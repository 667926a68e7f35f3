"""Accuracy of the spam classifier over five seeds, measured with the files that ship.

    python benchmarks/classify/seeds.py            (five minutes on 2 cores; writes seeds.json beside itself)

Each seed divides the data anew, trains, converts to float32 and int8, and evaluates both bundles on that seed's test
split with the runtime.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import mean
from typing import Any

SEEDS = (1, 2, 3, 4, 5)
RECIPES = ("float32", "dynamic_wi8")
DATA = "sms-spam"
PACKAGES = ("edgernn", "keras", "tensorflow", "ai-edge-litert", "tokenizers", "numpy")


def main() -> None:
    """Runs every seed, prints the figures, writes them."""
    _edgernn("data", "fetch", DATA)
    runs = [_run(seed) for seed in SEEDS]
    document = {
        "command": "python benchmarks/classify/seeds.py",
        "data": DATA,
        "versions": {name: version(name) for name in PACKAGES},
        "machine": platform.machine(),
        "seeds": runs,
        "mean": {name: _mean(runs, name) for name in ("keras", *RECIPES)},
        "size_ratio": mean(run["float32"]["bytes"] / run["dynamic_wi8"]["bytes"] for run in runs),
        "greatest_drop_points": max(100 * (r["keras"]["accuracy"] - r["dynamic_wi8"]["accuracy"]) for r in runs),
    }
    Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"mean  {_line(document['mean'])}")
    print(
        f"int8 is {document['size_ratio']:.2f} times smaller, "
        f"drop {document['greatest_drop_points']:.2f} points at most"
    )


def _run(seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "model"
        _edgernn("train", "classify", "--data", DATA, "--seed", str(seed), "--out", str(folder))
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["test"]
        run: dict[str, Any] = {"seed": seed, "keras": {"accuracy": metrics["accuracy"], "f1": metrics["f1"]}}
        for recipe in RECIPES:
            run[recipe] = _artifact(folder, Path(name) / f"{recipe}.tflite", recipe)
    print(f"{seed:4}  {_line(run)}", flush=True)
    return run


def _artifact(folder: Path, bundle: Path, recipe: str) -> dict[str, Any]:
    _edgernn("convert", str(folder), "-o", str(bundle), "--quantize", recipe)
    metrics = json.loads(_edgernn("eval", str(bundle), "--data", DATA, "--json"))["metrics"]
    selftest = json.loads(_edgernn("selftest", str(bundle), "--json"))
    return {
        "accuracy": metrics["accuracy"],
        "f1": metrics["f1"],
        "bytes": bundle.stat().st_size,
        "selftest": selftest["passed"],
    }


def _mean(runs: list[dict[str, Any]], name: str) -> dict[str, float]:
    return {metric: mean(run[name][metric] for run in runs) for metric in ("accuracy", "f1")}


def _line(figures: dict[str, Any]) -> str:
    return "   ".join(f"{n} {figures[n]['accuracy']:.4f} F1 {figures[n]['f1']:.4f}" for n in ("keras", *RECIPES))


def _edgernn(*words: str) -> str:
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


if __name__ == "__main__":
    main()
