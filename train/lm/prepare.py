"""From a text to token ids on disk, divided into train, validation and test; memory does not grow with the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.lm.corpus import Block, Corpus
from edgernn.edge_runtime.lm.measure import Ids
from edgernn.edge_runtime.lm.split import FRACTIONS, SPLITS, divide
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.train.lm.options import LmOptions
from edgernn.train.lm.tokenizer import END_ID, UNKNOWN_ID, train_tokenizer

# Of a longer text so many bytes, evenly spread, are what the tokenizer learns from.
_LEARNT_FROM = 64 << 20
_MOST_UNKNOWN = 0.1
# A BPE vocabulary for a short text would hold tokens that occur a few times only.
_LARGEST_BPE, _SMALLEST_BPE, _BYTES_A_TOKEN = 16_000, 512, 150
_TOGETHER = 32
_FEWEST = 200


@dataclass(frozen=True)
class Prepared:
    """A text as token ids.

    Attributes:
      tokenizer: Hugging Face tokenizers' object.
      level: what a token is.
      splits: ids by split, memory maps [tokens], uint16 or uint32.
      characters: of each split.
      unknown: part of each split's tokens that the vocabulary does not hold.
      data: how they came about, for the bundle.
    """

    tokenizer: Any
    level: str
    splits: dict[str, Ids]
    characters: dict[str, int]
    unknown: dict[str, float]
    data: DataSpec

    @property
    def vocabulary(self) -> int:
        """Number of tokens."""
        return int(self.tokenizer.get_vocab_size())


def prepare(corpus: Corpus, options: LmOptions, folder: Path) -> Prepared:
    """Trains the tokenizer and encodes the text.

    Args:
      corpus: the text.
      options: level and vocabulary.
      folder: where the ids are to lie.

    Raises:
      InputError: the text is too short, or not as its kind promises.
    """
    level, tokenizer = _tokenizer_for(corpus, options)
    given = False
    counts = {split: _Written(folder / f"{split}.ids", tokenizer.get_vocab_size()) for split in SPLITS}
    for batch in _batches(divide(corpus.blocks(), options.seed)):
        given = batch[0][1].split is not None
        found = tokenizer.encode_batch_fast([block.text for _, block in batch])
        for (split, block), encoding in zip(batch, found, strict=True):
            ends = block.ends and level != "blank"
            counts[split].write([*encoding.ids, END_ID] if ends else encoding.ids, len(block.text))
    for split, written in counts.items():
        written.close()
        if written.tokens < _FEWEST:
            raise InputError(
                f"{corpus.source.path}: its {split} part has {written.tokens} tokens, {_FEWEST} are needed: "
                "give a longer text (some 20,000 words are a beginning)"
            )
    return Prepared(
        tokenizer,
        level,
        {split: written.read() for split, written in counts.items()},
        {split: written.characters for split, written in counts.items()},
        {split: written.unknown / written.tokens for split, written in counts.items()},
        _data_spec(corpus, options, given, {split: written.tokens for split, written in counts.items()}),
    )


def _tokenizer_for(corpus: Corpus, options: LmOptions) -> tuple[str, Any]:
    level = options.level if options.level != "auto" else corpus.level or "word"
    tokenizer = _trained(corpus, options, level)
    if options.level == "auto" and level == "word" and _unknown_part(corpus, options, tokenizer) > _MOST_UNKNOWN:
        return "bpe", _trained(corpus, options, "bpe")
    return level, tokenizer


def _trained(corpus: Corpus, options: LmOptions, level: str) -> Any:
    size = options.vocab_size
    if level == "bpe":
        size = min(size, _LARGEST_BPE, max(_SMALLEST_BPE, corpus.size // _BYTES_A_TOKEN))
    texts = (block.text for block in _sampled(corpus, "train", options.seed))
    return train_tokenizer(texts, level, size, options.min_count)


def _unknown_part(corpus: Corpus, options: LmOptions, tokenizer: Any) -> float:
    tokens = unknown = 0
    for block in _sampled(corpus, "validation", options.seed):
        ids = tokenizer.encode(block.text).ids
        tokens += len(ids)
        unknown += ids.count(UNKNOWN_ID)
    return unknown / max(tokens, 1)


def _sampled(corpus: Corpus, split: str, seed: int) -> Iterator[Block]:
    step = max(1, -(-corpus.size // _LEARNT_FROM))
    number = 0
    for name, block in divide(corpus.blocks(), seed):
        if name == split:
            if number % step == 0:
                yield block
            number += 1


def _batches(blocks: Iterable[tuple[str, Block]]) -> Iterator[Sequence[tuple[str, Block]]]:
    batch: list[tuple[str, Block]] = []
    for item in blocks:
        batch.append(item)
        if len(batch) == _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _data_spec(corpus: Corpus, options: LmOptions, given: bool, counts: dict[str, int]) -> DataSpec:
    split = SplitSpec(
        method="given" if given else "blocks-sha256",
        seed=options.seed,
        fractions={name: count / sum(counts.values()) for name, count in counts.items()} if given else FRACTIONS,
        counts=counts,
    )
    source = corpus.source
    return DataSpec(source.name, corpus.sha256, source.licence, source.credit, source.text_column or "", "", split)


class _Written:
    """A file of ids that grows."""

    def __init__(self, path: Path, vocabulary: int) -> None:
        self._path = path
        self._dtype = np.uint16 if vocabulary <= np.iinfo(np.uint16).max + 1 else np.uint32
        self._file = path.open("wb")
        self.tokens = self.characters = self.unknown = 0

    def write(self, ids: list[int], characters: int) -> None:
        array = np.asarray(ids, self._dtype)
        array.tofile(self._file)
        self.tokens += len(array)
        self.characters += characters
        self.unknown += int((array == UNKNOWN_ID).sum())

    def close(self) -> None:
        self._file.close()

    def read(self) -> Ids:
        if not self.tokens:
            return np.zeros(0, self._dtype)
        return np.memmap(self._path, self._dtype, "r")
