"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.tag.crf import Crf
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.train.folder import MODEL, write_config, write_document
from edgernn.train.tag.fit import Fitted
from edgernn.train.tag.options import TagOptions
from edgernn.train.tag.prepare import Prepared, parted

# Sentences of the training split that static recipes measure ranges on.
_CALIBRATION = 200


def save(folder: Path, fitted: Fitted, prepared: Prepared, options: TagOptions, metrics: dict[str, Any]) -> None:
    """Writes model, lists, configuration, metrics and the sentences to measure on into an empty folder."""
    fitted.model.save(folder / MODEL)
    _write_assets(folder, prepared, fitted.crfs)
    write_config(folder, prepared.spec, prepared.data, options, metrics)
    (folder / "data").mkdir()
    several = {column.name for column in prepared.spec.columns if column.kind == "several"}
    for name, sentences in (("test", prepared.splits["test"]), ("calibration", _sample(prepared.splits["train"]))):
        _write_lines(folder / "data" / f"{name}.jsonl", (_line(sentence, several) for sentence in sentences))


def _write_assets(folder: Path, prepared: Prepared, crfs: dict[str, Crf]) -> None:
    spec = prepared.spec
    _write_lines(folder / spec.words.list, prepared.words)
    if spec.characters is not None:
        (folder / spec.characters.list).write_text(prepared.characters, encoding="utf-8", newline="")
    if spec.abbreviations:
        _write_lines(folder / spec.abbreviations, prepared.abbreviations)
    for column in spec.columns:
        _write_lines(folder / column.labels, prepared.labels[column.name])
        if column.crf:
            write_document(folder / column.crf, _rounded(crfs[column.name]))


def _rounded(crf: Crf) -> dict[str, Any]:
    """Four digits behind the point are more than training finds, and half the file."""
    parts = {"transitions": crf.transitions, "start": crf.start, "end": crf.end}
    return {name: np.round(part, 4).tolist() for name, part in parts.items()}


def _sample(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Evenly spread ones."""
    return [sentences[place] for place in evenly(len(sentences), _CALIBRATION)]


def _line(sentence: Sentence, several: set[str]) -> str:
    """As `read_json_lines` takes it; where a token may have several labels they are a list."""
    tags = {
        name: [parted(label) for label in labels] if name in several else labels
        for name, labels in sentence.tags.items()
    }
    return json.dumps({"tokens": sentence.tokens, "tags": tags}, ensure_ascii=False)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
