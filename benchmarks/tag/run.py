"""Taggers of the presets: trained, quantized, measured as they ship.

    python benchmarks/tag/run.py --only quick brown together --folder DIR

DIR keeps the trainings: run the command again to convert and measure without training. Writes results.json and
results.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RECIPES = ("dynamic_wi8", "float32")
VECTORS = "glove-50d"
_KEPT = ("validation", "test", "epochs", "best_epoch", "parameters", "words")


@dataclass(frozen=True)
class Job:
    """One tagger.

    Attributes:
      data: set of the catalogue.
      columns: that it labels.
      preset: of `edgernn train tag`.
      options: beside the preset's.
    """

    data: str
    columns: tuple[str, ...]
    preset: str
    options: tuple[str, ...] = ()


JOBS = {
    "quick": Job("conll-2003", ("ner",), "quick"),
    "full": Job("conll-2003", ("ner",), "full"),
    "stream": Job("conll-2003", ("ner",), "stream"),
    "pos": Job("conll-2003", ("pos",), "quick"),
    "chunk": Job("conll-2003", ("chunk",), "quick"),
    "together": Job(
        "conll-2003", ("pos", "chunk", "ner"), "quick", ("--units", "200", "--epochs", "24", "--dropout", "0.35")
    ),
    "brown": Job("brown", ("pos",), "quick", ("--epochs", "8", "--batch-size", "64")),
}
# Which job has each of `together`'s columns to itself.
ALONE = {"pos": "pos", "chunk": "chunk", "ner": "quick"}


def edgernn(*words: object) -> str:
    """Standard output of a command that ends well."""
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(name: str, folder: Path, seed: int) -> dict[str, Any]:
    """Trains where that has not been done, converts, evaluates."""
    job, trained = JOBS[name], folder / name
    for data in (job.data, VECTORS):
        edgernn("data", "fetch", data)
    words = ("--data", job.data, "--preset", job.preset, "--columns", *job.columns, "--seed", seed, *job.options)
    found: dict[str, Any] = {"command": " ".join(map(str, ("edgernn", "train", "tag", *words)))}
    clock = folder / f"{name}.seconds"
    if not (trained / "metrics.json").exists():
        began = time.monotonic()
        edgernn("train", "tag", *words, "--out", trained)
        clock.write_text(f"{time.monotonic() - began:.0f}", encoding="utf-8")
    found["trained_s"] = int(clock.read_text(encoding="utf-8"))
    metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    found |= {key: metrics[key] for key in _KEPT if key in metrics}
    for recipe in RECIPES:
        bundle = folder / f"{name}.{recipe}.tflite"
        # What a recipe costs is to be seen here, also where it costs too much.
        edgernn("convert", trained, "-o", bundle, "--quantize", recipe, "--max-drop", 100)
        columns = json.loads(edgernn("eval", bundle, "--data", job.data, "--json"))["columns"]
        figures = {column: figure(columns[column]) for column in job.columns}
        found[recipe] = {"bytes": bundle.stat().st_size, "test": figures, "columns": columns}
    return found


def figure(column: dict[str, Any]) -> float:
    """Accuracy of labels, F1 of spans."""
    found: float = column["accuracy"] if column["kind"] == "labels" else column["micro"]["f1"]
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "| job | data | column | measure | Keras | int8 | float32 | alone, int8 | int8 file, bytes | training, s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        for column in JOBS[name].columns:
            measured = [found["test"][column], *(found[recipe]["test"][column] for recipe in RECIPES)]
            other = results.get(ALONE[column]) if name == "together" else None
            alone = f"{100 * other['dynamic_wi8']['test'][column]:.2f}" if other else ""
            kind = found["dynamic_wi8"]["columns"][column]["kind"]
            cells = [name, JOBS[name].data, column, "accuracy" if kind == "labels" else "F1 of spans"]
            cells += [f"{100 * value:.2f}" for value in measured]
            cells += [alone, f"{found['dynamic_wi8']['bytes']:,}", str(found["trained_s"])]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measures the jobs asked for; the others' results stay as they are."""
    parser = argparse.ArgumentParser(description="Taggers of the presets, in percent on the test split.")
    parser.add_argument("--only", nargs="+", choices=JOBS, default=["quick"])
    parser.add_argument("--folder", default="taggers", help="for trainings and bundles")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = HERE / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in options.only:
        results[name] = measure(name, folder, options.seed)
        results = {name: results[name] for name in JOBS if name in results}
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (HERE / "results.md").write_text(table(results), encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
