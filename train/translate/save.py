"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.translate.reading.divide import with_references
from edgernn.train.folder import CONFIG, CONFIG_VERSION, METRICS, MODEL, write_document
from edgernn.train.translate.options import TranslateOptions
from edgernn.train.translate.prepare import Prepared
from edgernn.train.translate.tokenizer import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID

# Sentences that static recipes measure ranges on.
_CALIBRATION = 256


def save(folder: Path, model: Any, prepared: Prepared, options: TranslateOptions, metrics: dict[str, Any]) -> None:
    """Writes model, tokenizers, configuration, metrics, test sentences and some to calibrate into an empty folder."""
    model.save(folder / MODEL)
    spec = _spec(prepared, options)
    prepared.source.save(str(folder / spec.source_tokenizer), pretty=False)
    prepared.target.save(str(folder / spec.target_tokenizer), pretty=False)
    config = {
        "format_version": CONFIG_VERSION,
        "kit_version": importlib.metadata.version("edgernn"),
        "task": encode(spec),
        "data": encode(prepared.data),
        "seed": options.seed,
        "options": asdict(options),
    }
    write_document(folder / CONFIG, config)
    write_document(folder / METRICS, metrics)
    (folder / "data").mkdir()
    _write(folder / "data" / "test.jsonl", with_references(prepared.pairs["test"]))
    known = with_references(prepared.pairs["train"])
    _write(folder / "data" / "calibration.jsonl", {source: known[source] for source in _sample(list(known))})


def _spec(prepared: Prepared, options: TranslateOptions) -> TranslateSpec:
    source, target = ("tokenizer.json",) * 2 if options.joint else ("source.tokenizer.json", "target.tokenizer.json")
    return TranslateSpec(
        name="translate",
        source_tokenizer=source,
        target_tokenizer=target,
        source_language=prepared.languages[0],
        target_language=prepared.languages[1],
        begin=BEGIN_ID,
        end=END_ID,
        pad=PAD_ID,
        unknown=UNKNOWN_ID,
        max_source=options.max_tokens,
        level="bpe",
    )


def _sample(sources: Sequence[str]) -> list[str]:
    """Evenly spread ones."""
    return [sources[place] for place in np.unique(np.linspace(0, len(sources) - 1, _CALIBRATION).astype(int))]


def _write(path: Path, sentences: Mapping[str, Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for source, references in sentences.items():
            targets = list(references)
            record = {"source": source, "target": targets[0], "references": targets}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
