"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.translate.reading.divide import with_references
from edgernn.train.folder import MODEL, write_config
from edgernn.train.translate.closing import closings
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
    write_config(folder, spec, prepared.data, options, metrics)
    (folder / "data").mkdir()
    _write(folder / "data" / "test.jsonl", with_references(prepared.pairs["test"]))
    known = with_references(prepared.pairs["train"])
    _write(folder / "data" / "calibration.jsonl", {source: known[source] for source in _sample(list(known))})


def _spec(prepared: Prepared, options: TranslateOptions) -> TranslateSpec:
    source, target = ("tokenizer.json",) * 2 if options.joint else ("source.tokenizer.json", "target.tokenizer.json")
    closing, target_closing = closings(prepared.pairs["train"])
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
        closing=closing,
        target_closing=target_closing,
        level="bpe",
    )


def _sample(sources: Sequence[str]) -> list[str]:
    """Evenly spread ones."""
    return [sources[place] for place in evenly(len(sources), _CALIBRATION)]


def _write(path: Path, sentences: Mapping[str, Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for source, references in sentences.items():
            targets = list(references)
            record = {"source": source, "target": targets[0], "references": targets}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
