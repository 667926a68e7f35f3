"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.split import Case
from edgernn.edge_runtime.spec.data import DataSpec
from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.folder import MODEL, write_config
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
    write_config(folder, spec, data, options, metrics)
    (folder / "data").mkdir()
    (folder / "data" / TEST).write_text("".join(_line(case) for case in cases), encoding="ascii", newline="\n")


def _line(case: Case) -> str:
    """What a proof needs of a case; null where a value is missing."""
    document = {
        "history": _plain(case.history),
        "actual": _plain(case.actual),
        "unit": case.unit if np.isfinite(case.unit) else None,
        "left": case.left,
        "covariates": {name: _plain(values) for name, values in case.covariates.items()},
    }
    return json.dumps(document) + "\n"


def _plain(values: Values) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
