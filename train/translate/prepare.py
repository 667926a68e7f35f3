"""From pairs of sentences to token ids, divided into train, validation and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.translate.reading.bitext import SPLITS, Pair
from edgernn.edge_runtime.translate.reading.clean import clean
from edgernn.edge_runtime.translate.reading.corpus import ParallelCorpus
from edgernn.edge_runtime.translate.reading.divide import FRACTIONS, Divided, divide, swapped
from edgernn.train.translate.joining import joined
from edgernn.train.translate.keeping import renumbered
from edgernn.train.translate.options import TranslateOptions
from edgernn.train.translate.tokenizer import train_tokenizer

_FEWEST = {"train": 20, "validation": 1, "test": 1}


@dataclass(frozen=True)
class Example:
    """A pair as token ids, without beginning and end."""

    source: Sequence[int]
    target: Sequence[int]


@dataclass(frozen=True)
class Prepared:
    """Pairs in the direction that is learnt.

    Attributes:
      source: tokenizer, Hugging Face tokenizers' object.
      target: as `source`; the same object where both languages have the same tokens.
      languages: of source and target, BCP-47 or "".
      pairs: texts by split.
      examples: ids by split, of those pairs that are not too long; in training also those that
        `TranslateOptions.kept` and `joined` add.
      left_out: number of pairs by the rule that left them out.
      data: how they came about, for the bundle.
    """

    source: Any
    target: Any
    languages: tuple[str, str]
    pairs: dict[str, list[Pair]]
    examples: dict[str, list[Example]]
    left_out: dict[str, int]
    data: DataSpec


def prepare(corpus: ParallelCorpus, options: TranslateOptions, reverse: bool = False) -> Prepared:
    """Cleans, divides, finds the tokens and encodes.

    Args:
      corpus: pairs in the data's direction.
      options: vocabulary, length and seed.
      reverse: learn to translate the data's targets to its sources.

    Raises:
      InputError: too few pairs are left.
    """
    cleaned = clean(corpus.pairs)
    divided = divide(cleaned.pairs, options.seed)
    data = _data_spec(corpus, divided, cleaned.left_out, options, reverse)
    divided = swapped(divided) if reverse else divided
    pairs = divided.splits
    _check(corpus, {name: len(pairs[name]) for name in SPLITS})
    source, target = _tokenizers(pairs["train"], options)
    every = {name: _encoded(pairs[name], source, target) for name in SPLITS}
    examples = {name: [one for one in found if _fits(one, options.max_tokens)] for name, found in every.items()}
    _check(corpus, {name: len(examples[name]) for name in SPLITS})
    too_long = len(every["train"]) - len(examples["train"])
    further = [*_kept(pairs["train"], options), *joined(pairs["train"], options.joined, options.seed)]
    examples["train"] += [one for one in _encoded(further, source, target) if _fits(one, options.max_tokens)]
    left_out = {**cleaned.left_out, "part of validation or test": divided.known, "too many tokens": too_long}
    languages = corpus.languages[::-1] if reverse else corpus.languages
    return Prepared(source, target, languages, pairs, examples, left_out, data)


def _check(corpus: ParallelCorpus, counts: dict[str, int]) -> None:
    for name, count in counts.items():
        if count < _FEWEST[name]:
            raise InputError(
                f"{corpus.source.path}: {count} pairs are left in its {name} part, {_FEWEST[name]} are needed"
            )


def _tokenizers(pairs: Sequence[Pair], options: TranslateOptions) -> tuple[Any, Any]:
    if options.joint:
        both = train_tokenizer((text for pair in pairs for text in (pair.source, pair.target)), options.vocab_size)
        return both, both
    source = train_tokenizer((pair.source for pair in pairs), options.vocab_size)
    return source, train_tokenizer((pair.target for pair in pairs), options.vocab_size)


def _encoded(pairs: Sequence[Pair], source: Any, target: Any) -> list[Example]:
    sources = source.encode_batch_fast([pair.source for pair in pairs])
    targets = target.encode_batch_fast([pair.target for pair in pairs])
    return [Example(one.ids, other.ids) for one, other in zip(sources, targets, strict=True)]


def _kept(pairs: Sequence[Pair], options: TranslateOptions) -> list[Pair]:
    """Some pairs a second time, with other numbers where both sides have the same."""
    random = np.random.default_rng(options.seed)
    found = [other for pair in pairs if (other := renumbered(pair, random)) is not None]
    chosen = random.random(len(found)) < options.kept
    return [pair for pair, is_one in zip(found, chosen, strict=True) if is_one]


def _fits(example: Example, longest: int) -> bool:
    return max(len(example.source), len(example.target)) <= longest


def _data_spec(
    corpus: ParallelCorpus, divided: Divided, left_out: dict[str, int], options: TranslateOptions, reverse: bool
) -> DataSpec:
    counts = {name: len(pairs) for name, pairs in divided.splits.items()}
    split = SplitSpec(
        method="given" if divided.given else "sentences-sha256",
        seed=options.seed,
        fractions={name: n / sum(counts.values()) for name, n in counts.items()} if divided.given else FRACTIONS,
        counts=counts,
        duplicates_removed=left_out["duplicate"],
    )
    columns = (corpus.languages[0] or "source", corpus.languages[1] or "target")
    source, target = columns[::-1] if reverse else columns
    known = corpus.source
    return DataSpec(known.name, corpus.sha256, known.licence, known.credit, source, target, split)
