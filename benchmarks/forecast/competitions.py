"""Forecasters for the M3 and Tourism competitions: trained, quantized and measured on the official test parts.

    python benchmarks/forecast/competitions.py          (about ten minutes on 2 cores; writes competitions.json and .md)

What is measured is the 8-bit bundle, run by the kit's runtime, beside the classical methods on the same series.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SETS = ("m3-yearly", "m3-quarterly", "m3-monthly", "m3-other", "tourism-yearly", "tourism-quarterly", "tourism-monthly")
# Steps ahead of each M3 set: the competition's overall figure is the mean over all forecasts.
HORIZONS = {"m3-yearly": 6, "m3-quarterly": 8, "m3-monthly": 18, "m3-other": 8}
_FIGURES = ("smape", "mape", "mase", "owa")


def main() -> int:
    """Trains, converts, measures and writes."""
    parser = argparse.ArgumentParser(description="The M3 and Tourism competitions.")
    parser.add_argument("--folder", default="competitions", help="for trainings and bundles")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    results = {name: _one(name, folder, options.seed) for name in SETS}
    document = {"command": "python benchmarks/forecast/competitions.py", "seed": options.seed, "sets": results}
    document["m3"] = _overall(results)
    (HERE / "competitions.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    table = _table(document)
    (HERE / "competitions.md").write_text(table, encoding="utf-8")
    print(table)
    return 0


def _one(name: str, folder: Path, seed: int) -> dict[str, Any]:
    trained, bundle = folder / name, folder / f"{name}.tflite"
    edgernn("data", "fetch", name)
    start = time.perf_counter()
    edgernn("train", "forecast", "--data", name, "--out", trained, "--seed", seed)
    seconds = time.perf_counter() - start
    edgernn("convert", trained, "-o", bundle)
    found: dict[str, Any] = json.loads(edgernn("eval", bundle, "--data", name, "--json"))
    trained_metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    found["baselines"] = trained_metrics["baselines"]
    manifest = json.loads(edgernn("info", bundle, "--json"))
    return {
        **found,
        "keras": manifest["quality"]["keras"],
        "bundle_bytes": bundle.stat().st_size,
        "training_seconds": round(seconds),
    }


def _overall(results: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Of M3: sMAPE over all forecasts; OWA over its series, from the means of sMAPE and MASE."""
    weights = {name: results[name]["series"] * horizon for name, horizon in HORIZONS.items()}
    counts = {name: results[name]["series"] for name in HORIZONS}
    methods = {"EdgeRNN": {name: results[name]["metrics"] for name in HORIZONS}}
    for method in results["m3-yearly"]["baselines"]:
        methods[method] = {name: results[name]["baselines"][method] for name in HORIZONS}
    return {
        method: {
            "smape": sum(weights[n] * found[n]["smape"] for n in found) / sum(weights.values()),
            "owa": sum(counts[n] * found[n]["owa"] for n in found) / sum(counts.values()),
        }
        for method, found in methods.items()
    }


def _table(document: dict[str, Any]) -> str:
    lines = [
        "| set | method | sMAPE | MAPE | MASE | OWA | 80 % range | 95 % range |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, found in document["sets"].items():
        rows = {"EdgeRNN, 8 bits": found["metrics"], "EdgeRNN, Keras": found["keras"], **found["baselines"]}
        for method, figures in rows.items():
            cells = [f"{figures[figure]:.2f}" if figure != "owa" else f"{figures[figure]:.3f}" for figure in _FIGURES]
            ranges = [f"{100 * figures[n]:.1f} %" if n in figures else "" for n in ("coverage_80", "coverage_95")]
            lines.append(f"| {name} | {method} | {' | '.join([*cells, *ranges])} |")
    lines += ["", "| M3, all forecasts | sMAPE | OWA |", "|---|---|---|"]
    lines += [f"| {method} | {f['smape']:.2f} | {f['owa']:.3f} |" for method, f in document["m3"].items()]
    lines += ["", "| set | bundle, bytes | training, s |", "|---|---|---|"]
    lines += [f"| {name} | {f['bundle_bytes']:,} | {f['training_seconds']} |" for name, f in document["sets"].items()]
    return "\n".join(lines) + "\n"


def edgernn(*words: object) -> str:
    """Runs a command of the kit; what it prints."""
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *map(str, words)]
    print("edgernn", *words, file=sys.stderr)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


if __name__ == "__main__":
    sys.exit(main())
