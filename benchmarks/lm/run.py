"""Language models of the presets: trained, quantized, measured as they ship.

    python benchmarks/lm/run.py --only small char keyboard --folder DIR

DIR keeps checkpoints: run the command again to go on where it was interrupted. On 2 cores `small` takes about an hour,
`char` and `keyboard` half of one, `medium` a day. Writes results.json and results.md beside this file.
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
# Preset and data set; the price of 4 bits is measured too.
MODELS = {"small": "wikitext-2", "medium": "wikitext-2", "keyboard": "wikitext-2", "char": "tiny-shakespeare"}
RECIPES = ("dynamic_wi8", "dynamic_wi4")
_FIGURES = (("perplexity", 2), ("nats", 4), ("bits_per_character", 3))


def edgernn(*words: object) -> str:
    """Standard output of a command that ends well."""
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(preset: str, folder: Path, seed: int) -> dict[str, Any]:
    """Trains where that has not been done, converts, evaluates."""
    data, trained = MODELS[preset], folder / preset
    edgernn("data", "fetch", data)
    found: dict[str, Any] = {"data": data, "seed": seed}
    if not (trained / "metrics.json").exists():
        options = ("--data", data, "--preset", preset, "--seed", seed, "--checkpoint", folder / f"{preset}-checkpoint")
        began = time.monotonic()
        edgernn("train", "lm", *options, "--out", trained)
        found["trained_s"] = time.monotonic() - began
    metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    found |= {name: metrics[name] for name in ("validation", "test", "epochs", "parameters", "vocabulary", "level")}
    for recipe in RECIPES:
        bundle = folder / f"{preset}.{recipe}.tflite"
        # What a recipe costs is to be seen here, also where it costs too much.
        edgernn("convert", trained, "-o", bundle, "--quantize", recipe, "--max-drop", 1000)
        found[recipe] = {
            "bytes": bundle.stat().st_size,
            **json.loads(edgernn("eval", bundle, "--data", data, "--json")),
        }
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "| preset | data | file | perplexity: Keras | shipped | nats | bits a character | recall@1 | recall@3 "
        "| keystrokes saved |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for preset, found in results.items():
        for recipe in RECIPES:
            one = found[recipe]
            saved = "" if one["keystrokes_saved"] is None else f"{100 * one['keystrokes_saved']:.1f} %"
            cells = [preset, found["data"], f"{recipe}, {one['bytes']:,} bytes", f"{found['test']['perplexity']:.2f}"]
            cells += [f"{one[name]:.{places}f}" for name, places in _FIGURES]
            cells += [f"{100 * one[name]:.2f} %" for name in ("recall_1", "recall_3")]
            lines.append(f"| {' | '.join([*cells, saved])} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measures the presets asked for; the others' results stay as they are."""
    parser = argparse.ArgumentParser(description="Language models of the presets.")
    parser.add_argument("--only", nargs="+", choices=MODELS, default=["small", "char", "keyboard"])
    parser.add_argument("--folder", default="language-models", help="for trainings, checkpoints and bundles")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = HERE / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for preset in options.only:
        results[preset] = measure(preset, folder, options.seed)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (HERE / "results.md").write_text(table(results), encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
