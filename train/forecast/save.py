"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.forecast.measure import Case
from edgernn.edge_runtime.spec.data import DataSpec
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.folder import CONFIG, CONFIG_VERSION, METRICS, MODEL, write_document
from edgernn.train.forecast.options import ForecastOptions

TEST = "test.jsonl"


def save(
    folder: Path,
    model: Any,
    spec: ForecastSpec,
    data: DataSpec,
    options: ForecastOptions,
    cases: Sequence[Case],
    metrics: dict[str, Any],
) -> None:
    """Writes model, configuration, metrics and the test cases into an empty folder."""
    model.save(folder / MODEL)
    config = {
        "format_version": CONFIG_VERSION,
        "kit_version": importlib.metadata.version("edgernn"),
        "task": encode(spec),
        "data": encode(data),
        "seed": options.seed,
        "options": asdict(options),
    }
    write_document(folder / CONFIG, config)
    write_document(folder / METRICS, metrics)
    (folder / "data").mkdir()
    lines = [json.dumps({"history": c.history.tolist(), "actual": c.actual.tolist()}) + "\n" for c in cases]
    (folder / "data" / TEST).write_text("".join(lines), encoding="ascii", newline="\n")
