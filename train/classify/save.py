"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.examples import Example
from edgernn.edge_runtime.spec.classify import ClassifySpec, TextSpec
from edgernn.edge_runtime.spec.decode import encode
from edgernn.train.classify.options import ClassifyOptions
from edgernn.train.classify.prepare import Corpus
from edgernn.train.folder import CONFIG, CONFIG_VERSION, METRICS, MODEL, write_document

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
    write_document(folder / CONFIG, _config(model, corpus, options))
    write_document(folder / METRICS, metrics)
    (folder / "data").mkdir()
    for name, examples in corpus.splits.items():
        _write_split(folder / "data" / f"{name}.jsonl", examples)


def _config(model: Any, corpus: Corpus, options: ClassifyOptions) -> dict[str, Any]:
    text = TextSpec(tokenizer=TOKENIZER, input=model.inputs[0].name, max_chars=options.max_chars)
    task = ClassifySpec("classify", text, LABELS, model.output_names[0], corpus.positive_label)
    return {
        "format_version": CONFIG_VERSION,
        "kit_version": importlib.metadata.version("edgernn"),
        "task": encode(task),
        "data": encode(corpus.data),
        "seed": options.seed,
        "options": asdict(options),
    }


def _write_split(path: Path, examples: Sequence[Example]) -> None:
    # ASCII: a lone surrogate in a text has no UTF-8, but it has an escape.
    lines = [json.dumps({"text": example.text, "label": example.label}) + "\n" for example in examples]
    path.write_text("".join(lines), encoding="ascii", newline="\n")
