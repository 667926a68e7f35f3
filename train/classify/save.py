"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.examples import Example
from edgernn.edge_runtime.spec.classify import ClassifySpec, TextSpec
from edgernn.train.classify.options import ClassifyOptions
from edgernn.train.classify.prepare import Corpus
from edgernn.train.folder import MODEL, write_config

TOKENIZER, LABELS = "tokenizer.json", "labels.txt"


def save(
    folder: Path,
    model: Any,
    tokenizer: bytes,
    corpus: Corpus,
    options: ClassifyOptions,
    metrics: dict[str, Any],
) -> None:
    """Writes model, assets, configuration, metrics and the divided data into an empty folder."""
    model.save(folder / MODEL)
    (folder / TOKENIZER).write_bytes(tokenizer)
    (folder / LABELS).write_text("".join(f"{label}\n" for label in corpus.labels), encoding="utf-8", newline="\n")
    write_config(folder, _task(model, corpus, options), corpus.data, options, metrics)
    (folder / "data").mkdir()
    for name, examples in corpus.splits.items():
        _write_split(folder / "data" / f"{name}.jsonl", examples)


def _task(model: Any, corpus: Corpus, options: ClassifyOptions) -> ClassifySpec:
    text = TextSpec(tokenizer=TOKENIZER, input=model.inputs[0].name, max_chars=options.max_chars)
    return ClassifySpec("classify", text, LABELS, model.output_names[0], corpus.positive_label)


def _write_split(path: Path, examples: Sequence[Example]) -> None:
    # ASCII: a lone surrogate in a text has no UTF-8, but it has an escape.
    lines = [json.dumps({"text": example.text, "label": example.label}) + "\n" for example in examples]
    path.write_text("".join(lines), encoding="ascii", newline="\n")
