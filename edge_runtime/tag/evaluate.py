"""Measures a tagger on labelled sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.tag import ColumnSpec
from edgernn.edge_runtime.tag.column import Column
from edgernn.edge_runtime.tag.corpus import TaggedCorpus
from edgernn.edge_runtime.tag.counting import Counted, Item, LabelScore, counted
from edgernn.edge_runtime.tag.outcome import SEVERAL
from edgernn.edge_runtime.tag.schemes import OUTSIDE, labels_of, spans_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.edge_runtime.tag.seqeval_counting import counted_by_seqeval, has_seqeval
from edgernn.edge_runtime.tasks.tag import SequenceTagger

Pairs = list[tuple[Sequence[str], Sequence[str]]]


@dataclass(frozen=True)
class ColumnScores:
    """What was measured of one column.

    Attributes:
      kind: "spans": whole spans count; "labels": the labels of the tokens.
      accuracy: part of the tokens with the right label (of several: with just the right ones).
      micro: over all labels together.
      labels: by label.
      unknown: labels of the file that the model does not know; they count as missed.
    """

    kind: str
    accuracy: float
    micro: LabelScore
    labels: dict[str, LabelScore]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class TagEvaluation:
    """What was measured.

    Attributes:
      scope: which sentences, one sentence.
      split: "test" when they are the recorded or named test split, "all" otherwise.
      sentences: how many.
      tokens: of all of them.
      engine: that computed.
      scorer: of the spans: "seqeval", or "edgernn" where that is not installed; both count alike.
      columns: scores by the model's columns.
    """

    scope: str
    split: str
    sentences: int
    tokens: int
    engine: str
    scorer: str
    columns: dict[str, ColumnScores]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def evaluate_tagger(model: SequenceTagger, corpus: TaggedCorpus) -> TagEvaluation:
    """Tags every sentence, its tokens as they are, and compares.

    Of the data that the model was trained on (equal SHA-256) only the test split counts, divided again as the bundle
    records; of other data the test part that it names, otherwise all of it.

    Raises:
      InputError: the data has none of the model's columns, or no label of one that the model knows.
    """
    scope, split, sentences = _chosen(model, corpus)
    if not sentences:
        raise InputError(f"{corpus.source.path}: no sentence to measure on")
    named = _columns_of(model, corpus)
    pairs: dict[str, Pairs] = {name: [] for name in named}
    for sentence in sentences:
        scores = model.scores(sentence.tokens)
        for name, theirs in named.items():
            truth = _in_scheme(sentence.tags[theirs], model.columns[name].spec)
            pairs[name].append((truth, model.columns[name].best(scores[name])))
    return TagEvaluation(
        scope=scope,
        split=split,
        sentences=len(sentences),
        tokens=sum(len(sentence.tokens) for sentence in sentences),
        engine=model.engine,
        scorer="seqeval" if has_seqeval() else "edgernn",
        columns={name: _scores(model.columns[name], found, corpus) for name, found in pairs.items()},
    )


def _chosen(model: SequenceTagger, corpus: TaggedCorpus) -> tuple[str, str, list[Sentence]]:
    data = model.manifest.data
    if data is not None and data.sha256 == corpus.sha256:
        scope = f"the test split of {data.name} (seed {data.split.seed}), unseen in training"
        return scope, "test", corpus.divided(data.split.seed)["test"]
    if corpus.given:
        return "the test part that the data names", "test", corpus.divided(0)["test"]
    return "every sentence of the file", "all", list(corpus.sentences)


def _columns_of(model: SequenceTagger, corpus: TaggedCorpus) -> dict[str, str]:
    """The data's column for each of the model's that it has; a single one goes with a single one of any name."""
    ours, theirs = list(model.columns), list(corpus.columns)
    if len(ours) == len(theirs) == 1:
        return {ours[0]: theirs[0]}
    common = {name: name for name in ours if name in theirs}
    if not common:
        raise InputError(
            f"{corpus.source.path}: its columns are {', '.join(theirs)}, the model's {', '.join(ours)}: "
            "name those of a CoNLL file with --columns"
        )
    return common


def _in_scheme(labels: Sequence[str], spec: ColumnSpec) -> Sequence[str]:
    """The file's labels as the model writes them."""
    return labels if spec.scheme == "none" else labels_of(spans_of(labels), len(labels), spec.scheme)


def _scores(column: Column, pairs: Pairs, corpus: TaggedCorpus) -> ColumnScores:
    spec = column.spec
    known = _names(column.labels, spec)
    unknown = {name for truth, _ in pairs for name in _names(truth, spec)} - known
    if unknown and not any(_names(truth, spec) & known for truth, _ in pairs):
        raise InputError(
            f"{corpus.source.path}: column {spec.name!r}: the model knows none of its labels "
            f"({', '.join(sorted(unknown)[:5])}): it knows {', '.join(sorted(known)[:8])}"
        )
    right = sum(_same(a, b, spec) for truth, found in pairs for a, b in zip(truth, found, strict=True))
    accuracy = right / sum(len(truth) for truth, _ in pairs)
    result = _counted(spec, pairs)
    kind = "labels" if spec.scheme == "none" else "spans"
    return ColumnScores(kind, accuracy, result.micro, result.labels, tuple(sorted(unknown)))


def _counted(spec: ColumnSpec, pairs: Pairs) -> Counted:
    if spec.scheme != "none" and has_seqeval():
        return counted_by_seqeval(pairs)
    return counted((_items(truth, spec), _items(found, spec)) for truth, found in pairs)


def _items(labels: Sequence[str], spec: ColumnSpec) -> set[Item]:
    if spec.scheme != "none":
        return {(span.label, (span.start, span.stop)) for span in spans_of(labels)}
    return {(part, place) for place, label in enumerate(labels) for part in _parts(label, spec)}


def _names(labels: Sequence[str], spec: ColumnSpec) -> set[str]:
    """Labels without a scheme's letters."""
    if spec.scheme != "none":
        return {span.label for label in labels for span in spans_of([label])}
    return {part for label in labels for part in _parts(label, spec)}


def _parts(label: str, spec: ColumnSpec) -> list[str]:
    if spec.kind != "several":
        return [label]
    return [] if label == OUTSIDE else label.split(SEVERAL)


def _same(one: str, other: str, spec: ColumnSpec) -> bool:
    return set(_parts(one, spec)) == set(_parts(other, spec))
