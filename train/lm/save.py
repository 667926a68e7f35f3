"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.train.folder import MODEL, write_config
from edgernn.train.lm.options import LmOptions
from edgernn.train.lm.prepare import Prepared
from edgernn.train.lm.tokenizer import END_ID, UNKNOWN_ID

TOKENIZER = "tokenizer.json"
# Ids of the training text that static recipes measure ranges on, and the parts of it that they come from.
_CALIBRATION, _PARTS = 16_384, 64


def save(folder: Path, model: Any, prepared: Prepared, options: LmOptions, metrics: dict[str, Any]) -> None:
    """Writes model, tokenizer, configuration, metrics and the test split's ids into an empty folder."""
    model.save(folder / MODEL)
    prepared.tokenizer.save(str(folder / TOKENIZER), pretty=False)
    spec = LmSpec(
        name="lm",
        tokenizer=TOKENIZER,
        input=model.inputs[0].name,
        output=model.output_names[0],
        level=prepared.level,  # type: ignore[arg-type]
        end=END_ID,
        unknown=UNKNOWN_ID,
    )
    write_config(folder, spec, prepared.data, options, metrics)
    (folder / "data").mkdir()
    np.save(folder / "data" / "test.npy", np.asarray(prepared.splits["test"]))
    np.save(folder / "data" / "calibration.npy", _sample(np.asarray(prepared.splits["train"])))


def _sample(ids: Any) -> Any:
    """Evenly spread parts of the training text."""
    size = _CALIBRATION // _PARTS
    starts = np.linspace(0, max(0, len(ids) - size), _PARTS).astype(int)
    return np.stack([ids[start : start + size] for start in starts if start + size <= len(ids)] or [ids])
