"""From a file of labelled texts to token ids, divided into train, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.examples import (
    DataSource,
    Example,
    Table,
    deduplicate,
    read_examples,
    stratified_split,
)
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.text import clean_text, load_tokenizer
from edgernn.train.classify.options import ClassifyOptions
from edgernn.train.classify.tokenizer import train_tokenizer

FRACTIONS = {"train": 0.7, "validation": 0.1, "test": 0.2}

Encoded = tuple[list[list[int]], npt.NDArray[np.int32]]


@dataclass(frozen=True)
class Corpus:
    """Divided examples.

    Attributes:
      labels: sorted by name.
      splits: examples by split name.
      data: how they came about, for the bundle.
    """

    labels: tuple[str, ...]
    splits: dict[str, list[Example]]
    data: DataSpec

    @property
    def positive_label(self) -> str | None:
        """The rarer one of two labels: the one that is looked for. None where there are more."""
        if len(self.labels) != 2:
            return None
        found = [example.label for example in self.splits["train"]]
        return min(self.labels, key=found.count)


def read_table(source: DataSource, text_column: str | None, label_column: str | None) -> Table:
    """The source's file; columns that the user named come first, then those that the catalogue names."""
    return read_examples(source.path, text_column or source.text_column, label_column or source.label_column)


def divide(table: Table, source: DataSource, seed: int) -> Corpus:
    """Removes duplicates and divides what is left.

    Raises:
      InputError: a label has too few examples.
    """
    kept, removed = deduplicate(table.examples)
    splits = stratified_split(kept, FRACTIONS, seed)
    counts = {name: len(examples) for name, examples in splits.items()}
    return Corpus(
        labels=tuple(sorted({example.label for example in kept})),
        splits=splits,
        data=DataSpec(
            name=source.name,
            sha256=table.sha256,
            licence=source.licence,
            credit=source.credit,
            text_column=table.text_column,
            label_column=table.label_column,
            split=SplitSpec("stratified-sha256", seed, dict(FRACTIONS), counts, removed),
        ),
    )


def build_tokenizer(corpus: Corpus, options: ClassifyOptions) -> bytes:
    """tokenizer.json, trained on the training split alone."""
    texts = [clean_text(example.text, options.max_chars) for example in corpus.splits["train"]]
    document: str = train_tokenizer(texts, options).to_str(pretty=True)
    return document.encode("utf-8")


def encode_splits(corpus: Corpus, tokenizer: bytes, options: ClassifyOptions) -> dict[str, Encoded]:
    """Token ids and label indices by split, by the same code that a device runs."""
    encoder = load_tokenizer(tokenizer)

    def encoded(examples: Sequence[Example]) -> Encoded:
        ids = [encoder.encode(clean_text(example.text, options.max_chars)) for example in examples]
        return ids, np.array([corpus.labels.index(example.label) for example in examples], np.int32)

    return {name: encoded(examples) for name, examples in corpus.splits.items()}
