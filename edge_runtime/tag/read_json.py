"""JSON lines: tokens with their labels, or a text with spans of characters."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import json_object
from edgernn.edge_runtime.tag.schemes import OUTSIDE, Span, labels_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.edge_runtime.tag.words import CLITICS, Word, words_of

_SPANS = ("spans", "entities", "label", "labels")
_FORMS = 'with "tokens" and "tags", or "text" and "spans"'
_TOKENS = ("tokens", "words")
_SPLITS = ("", "train", "validation", "test")
# The column that spans without overlaps make; of overlapping ones each label makes its own.
_COLUMN = "entity"


def read_json_lines(path: Path, text: str, split: str = "") -> list[Sentence]:
    """The sentences of a file.

    A line is {"tokens": [...], "tags": {"pos": [...], ...}} (or "ner_tags": [...] and the like), a token's label being
    a text or a list of texts; or {"text": "...", "spans": [[start, end, label], ...]}, the spans as character offsets,
    or as objects with "start", "end" and "label". Where spans overlap, each label becomes a column of its own.

    Args:
      path: for messages.
      text: the file's content.
      split: of the sentences that name none.

    Raises:
      InputError: a line is neither; the message says which and why.
    """
    sentences: list[Sentence] = []
    spanned: list[tuple[list[Word], list[Span], str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{path} line {number}"
        record = json_object(where, line, _FORMS)
        named = record.get("split", split)
        if named not in _SPLITS:
            raise InputError(f"{where}: split {named!r}: expected train, validation or test")
        if key := next((name for name in _TOKENS if name in record), ""):
            sentences.append(_tokens(where, record, key, named))
        elif isinstance(record.get("text"), str):
            spanned.append((*_spans(where, record), named))
        elif len(record) > 0 and number > 1:
            raise InputError(f"{where}: expected an object {_FORMS}")
    if spanned and sentences:
        raise InputError(f"{path}: some lines have tokens, others a text: use one form")
    return sentences or list(_of_spans(spanned))


def _tokens(where: str, record: dict[str, Any], key: str, split: str) -> Sentence:
    tokens = record[key]
    if not isinstance(tokens, list) or not tokens or not all(isinstance(t, str) and t.strip() for t in tokens):
        raise InputError(f"{where}: {key!r} must be a list of texts, none empty")
    tags = record.get("tags")
    columns = tags if isinstance(tags, dict) else {n: v for n, v in record.items() if n != key and isinstance(v, list)}
    if not columns:
        raise InputError(f'{where}: no labels: give "tags", a list of labels for each column')
    return Sentence(tuple(tokens), {n: _labels(where, n, v, len(tokens)) for n, v in columns.items()}, split)


def _labels(where: str, name: str, values: object, count: int) -> tuple[str, ...]:
    if not isinstance(values, list) or len(values) != count:
        found = len(values) if isinstance(values, list) else "no list of"
        raise InputError(f"{where}: {name!r} has {found} labels for {count} tokens")
    labels = []
    for value in values:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, str) and part and (part == value or "|" not in part) for part in parts):
            raise InputError(f"{where}: {name!r}: {value!r} is no label: expected a text, or a list of texts")
        labels.append("|".join(sorted(set(parts))) or OUTSIDE)
    return tuple(labels)


def _spans(where: str, record: dict[str, Any]) -> tuple[list[Word], list[Span]]:
    """Words, which end at the spans' edges too, and the spans over them."""
    text = record["text"]
    values: list[object] = next((record[name] for name in _SPANS if isinstance(record.get(name), list)), [])
    edges = [_edges(where, value, text) for value in values]
    words = _cut_at(text, sorted({edge for start, end, _ in edges for edge in (start, end)}))
    if not words:
        raise InputError(f"{where}: its text is empty")
    found = []
    for start, end, label in edges:
        inside = [place for place, word in enumerate(words) if word.start >= start and word.end <= end]
        if not inside:
            raise InputError(f"{where}: the span {start} to {end} ({label}) holds no word")
        found.append(Span(label, inside[0], inside[-1] + 1))
    return words, found


def _edges(where: str, value: object, text: str) -> tuple[int, int, str]:
    if isinstance(value, dict):
        value = [
            value.get("start", value.get("start_offset")),
            value.get("end", value.get("end_offset")),
            value.get("label"),
        ]
    if isinstance(value, list) and len(value) == 3:
        start, end, label = value
        whole = isinstance(start, int) and isinstance(end, int) and isinstance(label, str) and bool(label)
        if whole and 0 <= start < end <= len(text):
            return start, end, label
    raise InputError(
        f"{where}: {value!r} is no span of its text: expected [start, end, label], offsets of characters, "
        f"0 to {len(text)}"
    )


def _cut_at(text: str, edges: Sequence[int]) -> list[Word]:
    words: list[Word] = []
    for start, end in zip([0, *edges], [*edges, len(text)], strict=True):
        words += [Word(w.text, w.start + start, w.end + start) for w in words_of(text[start:end], CLITICS)]
    return words


def _of_spans(read: Sequence[tuple[list[Word], list[Span], str]]) -> Iterator[Sentence]:
    overlap = any(_overlap(spans) for _, spans, _ in read)
    labels = sorted({span.label for _, spans, _ in read for span in spans})
    for words, spans, split in read:
        if overlap:
            # Of those of one label that overlap, the longest is kept.
            columns = {label: _apart([span for span in spans if span.label == label]) for label in labels}
        else:
            columns = {_COLUMN: spans}
        tags = {name: tuple(labels_of(some, len(words), "iob2")) for name, some in columns.items()}
        yield Sentence(tuple(word.text for word in words), tags, split)


def _overlap(spans: Sequence[Span]) -> bool:
    ordered = sorted(spans, key=lambda span: span.start)
    return any(left.stop > right.start for left, right in itertools.pairwise(ordered))


def _apart(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start - one.stop, one.start)):
        if all(span.stop <= other.start or span.start >= other.stop for other in kept):
            kept.append(span)
    return kept
