"""One training, from the file to the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.edge_runtime.examples import DataSource, describe_bad_lines
from edgernn.edge_runtime.metrics import classification_metrics
from edgernn.train.backend import import_keras
from edgernn.train.classify.options import ClassifyOptions
from edgernn.train.classify.prepare import Corpus, Encoded, build_tokenizer, divide, encode_splits, read_table
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.listener import Listener


def train(
    source: DataSource,
    out: Path,
    options: ClassifyOptions,
    listener: Listener,
    text_column: str | None = None,
    label_column: str | None = None,
) -> Trained:
    """Reads, divides, tokenizes, fits, measures and writes.

    Args:
      source: the file.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      text_column: the user's choice, or None.
      label_column: the user's choice, or None.

    Raises:
      InputError: the file or the folder cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out)
    table = read_table(source, text_column, label_column)
    corpus = divide(table, source, options.seed)
    import_keras()
    listener.say(f"{source.path}: {table.format}, text in {table.text_column!r}, label in {table.label_column!r}")
    for line in describe_bad_lines(table.bad_lines):
        listener.say(f"{source.path} {line}")
    listener.say(_describe(corpus))
    from edgernn.train.classify.fit import fit

    tokenizer = build_tokenizer(corpus, options)
    encoded = encode_splits(corpus, tokenizer, options)
    vocabulary = 1 + max(_vocabulary(tokenizer).values())
    fitted = fit(options, vocabulary, len(corpus.labels), encoded["train"], encoded["validation"], listener)
    metrics: dict[str, Any] = {name: _measure(fitted.model, corpus, split) for name, split in encoded.items()}
    metrics["history"] = fitted.history
    metrics["epochs"] = len(fitted.history["loss"])
    metrics["best_epoch"] = fitted.best_epoch
    metrics["parameters"] = int(fitted.model.count_params())
    _write(out, fitted.model, tokenizer, corpus, options, metrics)
    return Trained(out, metrics)


def _write(
    out: Path, model: Any, tokenizer: bytes, corpus: Corpus, options: ClassifyOptions, metrics: dict[str, Any]
) -> None:
    from edgernn.train.classify.save import save

    with new_folder(out) as folder:
        save(folder, model, tokenizer, corpus, options, metrics)


def _describe(corpus: Corpus) -> str:
    split = corpus.data.split
    counts = ", ".join(f"{count} {name}" for name, count in split.counts.items())
    labels = ", ".join(corpus.labels[:10]) + (", ..." if len(corpus.labels) > 10 else "")
    return (
        f"{sum(split.counts.values())} examples after {split.duplicates_removed} duplicates were removed: {counts} "
        f"(seed {split.seed}); {len(corpus.labels)} labels: {labels}"
    )


def _vocabulary(tokenizer: bytes) -> dict[str, int]:
    import json

    vocabulary: dict[str, int] = json.loads(tokenizer)["model"]["vocab"]
    return vocabulary


def _measure(model: Any, corpus: Corpus, split: Encoded) -> dict[str, Any]:
    from edgernn.train.classify.batches import predict

    ids, truth = split
    found = predict(model, ids).argmax(axis=1)
    return classification_metrics(corpus.labels, truth, found, corpus.positive_label)
