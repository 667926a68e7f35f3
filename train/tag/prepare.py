"""From labelled sentences to word lists, labels and arrays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.tag import CharactersSpec, ColumnSpec, TagSpec, WordsSpec
from edgernn.edge_runtime.tag.corpus import FRACTIONS, SPLITS, TaggedCorpus
from edgernn.edge_runtime.tag.features import FIRST, Features, looked_up
from edgernn.edge_runtime.tag.schemes import labels_of, scheme_of, spans_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.edge_runtime.tag.words import CLITICS
from edgernn.train.tag.options import TagOptions
from edgernn.train.tag.vectors import Vectors

Kind = Literal["crf", "one", "several"]
CHARACTERS, SHAPES = "characters", "shapes"
WORDS = WordsSpec("words", "words.txt", lower=True, zero_digits=True)
# A character that occurs less often is unknown, so that unknown ones are learnt too.
_RARE_CHARACTER = 2
_FEWEST = 10
_SEPARATOR = "|"
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")


@dataclass(frozen=True)
class Prepared:
    """Sentences as arrays, and what the bundle must know.

    Attributes:
      spec: the task.
      words: the word list, those of the training split first.
      seen: how many of them are of the training split.
      characters: the character list.
      abbreviations: words that keep the period behind them.
      labels: by column.
      splits: sentences by split, spans in the scheme that is learnt.
      singletons: ids of the words that occur once in the training split.
      data: how they came about, for the bundle.
    """

    spec: TagSpec
    words: tuple[str, ...]
    seen: int
    characters: str
    abbreviations: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    splits: dict[str, list[Sentence]]
    singletons: npt.NDArray[np.int32]
    data: DataSpec

    @property
    def features(self) -> Features:
        """Looks words up."""
        return Features(self.spec, self.words, self.characters)


def prepare(corpus: TaggedCorpus, options: TagOptions, several: Sequence[str], vectors: Vectors | None) -> Prepared:
    """Divides the sentences, and makes the lists.

    Args:
      corpus: labelled sentences.
      options: model and training.
      several: columns in which a token has any number of labels, joined by "|".
      vectors: whose words, as they are looked up, are in the list too, or None.

    Raises:
      InputError: too few sentences, or an unknown column.
    """
    if unknown := sorted(set(several) - set(corpus.columns)):
        raise InputError(f"--several {unknown[0]}: no such column: there are {', '.join(corpus.columns)}")
    splits = _with_validation(corpus, options.seed)
    for name in SPLITS:
        if len(splits[name]) < (_FEWEST if name == "train" else 1):
            raise InputError(
                f"{corpus.source.path}: {len(splits[name])} sentences in its {name} part, "
                f"{_FEWEST if name == 'train' else 1} are needed"
            )
    columns, labels = [], {}
    for name, file in _file_names(corpus.columns).items():
        scheme = "none" if name in several else scheme_of(s.tags[name] for s in splits["train"])
        if scheme != "none":
            splits = {part: [_in_iobes(s, name) for s in found] for part, found in splits.items()}
            scheme = "iobes"
        labels[name] = _labels(shown_of(splits, options), name, name in several)
        chained = options.crf == "all" or (options.crf == "spans" and scheme != "none")
        kind: Kind = "several" if name in several else "crf" if chained else "one"
        crf = f"{file}.crf.json" if kind == "crf" else ""
        columns.append(ColumnSpec(name, f"{file}_scores", f"{file}.labels.txt", kind, scheme, crf))
    counts = Counter(token for s in shown_of(splits, options) for token in s.tokens)
    words, seen, singletons = _words(counts, options, vectors)
    abbreviations = tuple(sorted(t for t in counts if len(t) > 1 and t.endswith(".") and t[:-1].strip(".").isalnum()))
    spec = TagSpec(
        name="tag",
        words=WORDS,
        characters=CharactersSpec(CHARACTERS, "characters.txt", options.width) if options.characters else None,
        shapes=SHAPES,
        columns=tuple(columns),
        max_words=options.max_words,
        overlap=options.overlap,
        clitics=tuple(clitic for clitic in CLITICS if any(token.lower() == clitic for token in counts)),
        abbreviations="abbreviations.txt" if abbreviations else "",
    )
    return Prepared(
        spec=spec,
        words=words,
        seen=seen,
        characters=_characters(counts),
        abbreviations=abbreviations,
        labels=labels,
        splits=splits,
        singletons=singletons,
        data=_data(corpus, options, splits),
    )


def _file_names(columns: Sequence[str]) -> dict[str, str]:
    """Of each column what its outputs and files are called: its name where that can be part of a path everywhere."""
    found: dict[str, str] = {}
    for number, name in enumerate(columns, 1):
        taken = {other.casefold() for other in (*found.values(), *columns) if other != name}
        plain = _PLAIN.fullmatch(name) is not None and name.casefold() not in taken
        file = name if plain else f"column_{number}"
        while not plain and file in taken:
            file += "_"
        found[name] = file
    return found


def shown_of(splits: Mapping[str, list[Sentence]], options: TagOptions) -> list[Sentence]:
    """The sentences that train."""
    return splits["train"] + (splits["validation"] if options.use_validation else [])


def _with_validation(corpus: TaggedCorpus, seed: int) -> dict[str, list[Sentence]]:
    """Where the data names parts, but none to validate on, a tenth of its training part is held out for that."""
    splits = corpus.divided(seed)
    if splits["validation"] or not corpus.given:
        return splits
    training = tuple(replace(sentence, split="") for sentence in splits["train"])
    held_out = replace(corpus, sentences=training).divided(seed) if training else splits
    return {**splits, "train": held_out["train"] + held_out["test"], "validation": held_out["validation"]}


def _in_iobes(sentence: Sentence, column: str) -> Sentence:
    """The richest scheme is learnt best (Ratinov and Roth 2009)."""
    tags = labels_of(spans_of(sentence.tags[column]), len(sentence.tokens), "iobes")
    return Sentence(sentence.tokens, {**sentence.tags, column: tuple(tags)}, sentence.split)


def _labels(sentences: Iterable[Sentence], column: str, several: bool) -> tuple[str, ...]:
    found: Counter[str] = Counter()
    for sentence in sentences:
        for tag in sentence.tags[column]:
            found.update(parted(tag) if several else [tag])
    if len(found) < (1 if several else 2):
        raise InputError(f"column {column}: {len(found)} labels in the training part: there is nothing to tell apart")
    if broken := [label for label in found if "\n" in label]:
        raise InputError(f"column {column}: the label {broken[0]!r} holds a line break")
    return tuple(sorted(found, key=lambda label: (-found[label], label)))


def parted(tag: str) -> list[str]:
    """The labels of a token that may have several."""
    return [] if tag == "O" else tag.split(_SEPARATOR)


def _words(
    counts: Mapping[str, int], options: TagOptions, vectors: Vectors | None
) -> tuple[tuple[str, ...], int, npt.NDArray[np.int32]]:
    found: Counter[str] = Counter()
    for token, count in counts.items():
        found[looked_up(token, WORDS)] += count
    kept = {word for word, count in found.items() if count >= options.min_count and "\n" not in word}
    extra = [word for word in (vectors.words[: options.vector_words] if vectors else ()) if word not in kept]
    words = (*sorted(kept, key=lambda word: (-found[word], word)), *extra)
    once = [number for number, word in enumerate(words, FIRST) if found[word] == 1]
    return words, len(kept), np.array(once, np.int32)


def _characters(counts: Mapping[str, int]) -> str:
    found: Counter[str] = Counter()
    for token, count in counts.items():
        for character in token:
            found[character] += count
    return "".join(sorted(character for character, count in found.items() if count >= _RARE_CHARACTER))


def _data(corpus: TaggedCorpus, options: TagOptions, splits: Mapping[str, Sequence[Sentence]]) -> DataSpec:
    counts = {name: len(sentences) for name, sentences in splits.items()}
    fractions = {name: count / sum(counts.values()) for name, count in counts.items()} if corpus.given else FRACTIONS
    split = SplitSpec("given" if corpus.given else "sentences-sha256", options.seed, fractions, counts)
    source = corpus.source
    return DataSpec(
        source.name, corpus.sha256, source.licence, source.credit, "tokens", ", ".join(corpus.columns), split
    )
