"""Translators of the presets: trained, quantized, measured as they ship.

    python benchmarks/translate/run.py --only hour --folder DIR

DIR keeps checkpoints and trainings: run the command again to go on where it was interrupted. On 2 cores `hour` and
`hour-reverse` take about an hour each, `full` most of a day. Writes results.json and results.md beside this file.
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
DATA = "tatoeba-en-es"
RECIPES = ("float32", "dynamic_wi8")
BEAMS = (1, 4)


@dataclass(frozen=True)
class Job:
    """One translator.

    Attributes:
      preset: of `edgernn train translate`.
      options: beside the preset's.
    """

    preset: str
    options: tuple[str, ...] = ()


JOBS = {
    "hour": Job("hour"),
    "hour-reverse": Job("hour", ("--reverse",)),
    "full": Job("full"),
}


def edgernn(*words: object) -> str:
    """Standard output of a command that ends well."""
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *map(str, words)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def trained_by(name: str, folder: Path, seed: int, further: list[str]) -> dict[str, Any]:
    """Trains where that has not been done.

    Returns:
      The command, its seconds (of the last run, where it was interrupted), and the training's own figures.
    """
    job, out = JOBS[name], folder / name
    words = ("train", "translate", "--data", DATA, "--preset", job.preset, "--seed", seed, *job.options, *further)
    clock = folder / f"{name}.seconds"
    if not (out / "metrics.json").exists():
        began = time.monotonic()
        edgernn(*words, "--out", out, "--checkpoint", folder / f"{name}-checkpoint")
        clock.write_text(f"{time.monotonic() - began:.0f}", encoding="utf-8")
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return {
        "command": " ".join(map(str, ("edgernn", *words))),
        "trained_s": int(clock.read_text(encoding="utf-8")),
        **{key: metrics[key] for key in ("validation", "test", "epochs", "best_epoch", "parameters", "left_out")},
    }


def measure(name: str, folder: Path, seed: int, further: list[str]) -> dict[str, Any]:
    """Trains, converts, evaluates."""
    edgernn("data", "fetch", DATA)
    found = trained_by(name, folder, seed, further)
    for recipe in RECIPES:
        bundle = folder / f"{name}.{recipe}.tflite"
        # What a recipe costs is to be seen here, also where it costs too much.
        edgernn("convert", folder / name, "-o", bundle, "--quantize", recipe, "--max-drop", 100)
        found[recipe] = {"bytes": bundle.stat().st_size}
        for beams in BEAMS:
            figures = json.loads(edgernn("eval", bundle, "--data", DATA, "--beams", beams, "--json"))
            found[recipe][f"beams_{beams}"] = figures
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown."""
    lines = [
        "| translator | parameters | trained (last run) | file | beams | BLEU | chrF | words a second | sentences |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        begun = [name, f"{found['parameters']:,}", f"{found['trained_s'] / 60:.0f} min"]
        for recipe in (recipe for recipe in RECIPES if recipe in found):
            for beams in BEAMS:
                one = found[recipe][f"beams_{beams}"]
                cells = [*begun, f"{recipe}, {found[recipe]['bytes']:,} bytes", str(beams)]
                cells += [f"{one['bleu']:.2f}", f"{one['chrf']:.2f}"]
                cells += [f"{one['words_per_second']:.0f}", f"{one['sentences']:,}"]
                lines.append(f"| {' | '.join(cells)} |")
        test = found["test"]
        greedy = ["Keras, greedy, float32", "1", f"{test['bleu']:.2f}", f"{test['chrf']:.2f}"]
        lines.append(f"| {' | '.join([*begun, *greedy, '', str(test['sentences'])])} |")
    signatures = {found["test"][key] for found in results.values() for key in ("bleu_signature", "chrf_signature")}
    commands = [f"`{found['command']}`" for found in results.values()]
    return "\n".join([*lines, "", "sacrebleu: " + "; ".join(sorted(signatures)), "", *commands]) + "\n"


def main() -> int:
    """Measures the translators asked for; the others' results stay as they are."""
    parser = argparse.ArgumentParser(description="Translators of the presets.")
    parser.add_argument("--only", nargs="+", choices=JOBS, default=["hour"])
    parser.add_argument("--folder", default="translators", help="for trainings, checkpoints and bundles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("further", nargs="*", metavar="-- OPTION", help="of edgernn train translate, behind --")
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = HERE / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in options.only:
        results[name] = measure(name, folder, options.seed, options.further)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (HERE / "results.md").write_text(table(results), encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
