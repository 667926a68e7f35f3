"""The steps of the demonstration, and what they found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.convert.demo.commands import command, document, timing

RECIPES = ("float32", "dynamic_wi8")
# Written for this demonstration: nobody's real messages.
MESSAGES = (
    "Are we still on for lunch tomorrow at 12?",
    "CONGRATULATIONS! You have won a 500 pound prize. Call 09061234567 now to claim. T&Cs apply, 150p/min",
    "I'm on the bus, be home in ten minutes",
    "Free ringtone! Text TONE to 85555 and get this week's hit. Reply STOP to end",
    "Can you send me the number of the garage? My car makes that noise again",
)


@dataclass(frozen=True)
class Artifact:
    """One converted bundle.

    Attributes:
      recipe: its quantization.
      path: the file.
      conversion: what `edgernn convert --json` said.
      evaluation: what `edgernn eval --json` said.
      selftest: what `edgernn selftest --json` said.
      timing: see `timing`.
    """

    recipe: str
    path: Path
    conversion: dict[str, Any]
    evaluation: dict[str, Any]
    selftest: dict[str, Any]
    timing: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What the demonstration found.

    Attributes:
      folder: of the training.
      metrics: the training's metrics.json.
      config: the training's config.json.
      keras_timing: see `timing`.
      artifacts: one a recipe.
      classified: what `edgernn run --json` said of a few messages.
    """

    folder: Path
    metrics: dict[str, Any]
    config: dict[str, Any]
    keras_timing: dict[str, Any]
    artifacts: tuple[Artifact, ...]
    classified: list[dict[str, Any]]


def run_steps(out: Path, data: str, seed: int, preset: str) -> Found:
    """Fetches, trains, converts, evaluates, times and classifies; all files go into `out`."""
    folder = out / "model"
    if not Path(data).exists():
        command("data", "fetch", data)
    command("train", "classify", "--data", data, "--out", str(folder), "--seed", str(seed), "--preset", preset)
    conversions = {recipe: _convert(out, folder, recipe) for recipe in RECIPES}
    artifacts = tuple(_examine(out, folder, data, recipe, conversions[recipe]) for recipe in RECIPES)
    classified = document("run", str(_bundle(out, "dynamic_wi8")), *MESSAGES)
    return Found(
        folder=folder,
        metrics=json.loads((folder / "metrics.json").read_text(encoding="utf-8")),
        config=json.loads((folder / "config.json").read_text(encoding="utf-8")),
        keras_timing=timing("keras", str(folder)),
        artifacts=artifacts,
        classified=classified,
    )


def _bundle(out: Path, recipe: str) -> Path:
    return out / f"{recipe}.tflite"


def _convert(out: Path, folder: Path, recipe: str) -> dict[str, Any]:
    report: dict[str, Any] = document("convert", str(folder), "-o", str(_bundle(out, recipe)), "--quantize", recipe)
    return report


def _examine(out: Path, folder: Path, data: str, recipe: str, conversion: dict[str, Any]) -> Artifact:
    path = _bundle(out, recipe)
    return Artifact(
        recipe=recipe,
        path=path,
        conversion=conversion,
        evaluation=document("eval", str(path), "--data", data),
        selftest=document("selftest", str(path)),
        timing=timing("artifact", str(path), str(folder)),
    )
