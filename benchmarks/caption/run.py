"""Captioners of emoji and stamps: trained, quantized, measured as they ship, beside what they must be better than.

    python benchmarks/caption/run.py --folder DIR

DIR keeps checkpoints and trainings: run the command again to go on where it was interrupted. On 2 cores each training
takes about a quarter of an hour. Writes results.json and results.md beside this file.
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
BEAMS = (1, 3)
METRICS = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "chrf", "cider")
HEADINGS = ("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "chrF", "CIDEr")
BASELINES = {"most_frequent": "most frequent caption", "nearest_neighbour": "nearest neighbour"}


@dataclass(frozen=True)
class Job:
    """One captioner.

    Attributes:
      data: that it is trained on.
      also: sets whose test parts it is tested on too.
      options: beside the preset's.
    """

    data: str
    also: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


JOBS = {
    "emoji": Job("emoji", ("emoji-twitter",)),
    # Few pictures: about as many steps as for the others.
    "stamps": Job("stamps", options=("--epochs", "60", "--batch-size", "32")),
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
    also = ("--also", *job.also) if job.also else ()
    words = ("train", "caption", "--data", job.data, *also, "--seed", seed, *job.options, *further)
    clock = folder / f"{name}.seconds"
    if not (out / "metrics.json").exists():
        began = time.monotonic()
        edgernn(*words, "--out", out, "--checkpoint", folder / f"{name}-checkpoint")
        clock.write_text(f"{time.monotonic() - began:.0f}", encoding="utf-8")
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    kept = ("validation", "test", "test_all", "baselines", "also", "epochs", "best_epoch", "parameters", "left_out")
    return {
        "command": " ".join(map(str, ("edgernn", *words))),
        "trained_s": int(clock.read_text(encoding="utf-8")),
        **{key: metrics[key] for key in kept if key in metrics},
    }


def measure(name: str, folder: Path, seed: int, further: list[str], recipes: list[str]) -> dict[str, Any]:
    """Trains, converts, evaluates."""
    job = JOBS[name]
    edgernn("data", "fetch", job.data, *job.also, "efficientnet-lite0")
    found = trained_by(name, folder, seed, further)
    found["bundles"] = {}
    for recipe in recipes:
        bundle = folder / f"{name}.{recipe}.tflite"
        # What a recipe costs is to be seen here, also where it costs too much.
        edgernn("convert", folder / name, "-o", bundle, "--quantize", recipe, "--max-drop", 100)
        one: dict[str, Any] = {"bytes": bundle.stat().st_size}
        for data in (job.data, *job.also):
            for beams in BEAMS:
                figures = json.loads(edgernn("eval", bundle, "--data", data, "--beams", beams, "--json"))
                one.setdefault(data, {})[f"beams_{beams}"] = figures
        found["bundles"][recipe] = one
    return found


def table(results: dict[str, dict[str, Any]]) -> str:
    """Markdown."""
    lines = [f"| tested on | what | {' | '.join(HEADINGS)} | pictures |", "|---|---|" + "---|" * (len(HEADINGS) + 1)]
    for name, found in results.items():
        for data in (JOBS[name].data, *JOBS[name].also):
            own = found if data == JOBS[name].data else found["also"][data]
            rows = {BASELINES[key]: scores for key, scores in own["baselines"].items()}
            rows["Keras, float32, greedy"] = own["test_all"]
            for recipe, bundle in found["bundles"].items():
                for beams in BEAMS:
                    label = f"{recipe}, {bundle['bytes']:,} bytes, {'greedy' if beams == 1 else f'{beams} beams'}"
                    rows[label] = bundle[data][f"beams_{beams}"]
            lines += [f"| {data} | {label} | {_cells(scores)} |" for label, scores in rows.items()]
    trainings = [
        f"`{found['command']}`: {found['trained_s'] / 60:.0f} minutes on 2 cores, {found['parameters']:,} parameters, "
        f"epoch {found['best_epoch']} of {found['epochs']}."
        for found in results.values()
    ]
    return "\n".join([*lines, "", "All figures times 100.", "", *trainings]) + "\n"


def _cells(scores: dict[str, Any]) -> str:
    return " | ".join([*(f"{100 * scores[key]:.1f}" for key in METRICS), f"{scores['pictures']:,}"])


def main() -> int:
    """Measures the captioners asked for; the others' results stay as they are."""
    parser = argparse.ArgumentParser(description="Captioners of emoji and stamps.")
    parser.add_argument("--only", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--folder", default="captioners", help="for trainings, checkpoints and bundles")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--recipes", nargs="+", default=["float32", "dynamic_wi8", "static_encoder_int8"])
    parser.add_argument("further", nargs="*", metavar="-- OPTION", help="of edgernn train caption, behind --")
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = HERE / "results.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in options.only:
        results[name] = measure(name, folder, options.seed, options.further, options.recipes)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        (HERE / "results.md").write_text(table(results), encoding="utf-8")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
