"""Tagging: words with their places, ids, labels, entities."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.models import bundle_tolerance, opened
from edgernn.devices.conformance.plain import number, random, span16, text_fields, values
from edgernn.devices.conformance.texts import TEXTS
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.tag.crf import Crf
from edgernn.edge_runtime.tag.features import shape_of
from edgernn.edge_runtime.tag.outcome import Entity, Tagging, Token
from edgernn.edge_runtime.tag.schemes import spans_of
from edgernn.edge_runtime.tag.windows import windows_of
from edgernn.edge_runtime.tag.words import CLITICS, sentences_of, words_of
from edgernn.edge_runtime.tasks.tag import SequenceTagger

_SENTENCES = (
    "Ada Byron visited Rome.",
    "Omar left the rainy city of Lake Nyos in 1999! Li Wei praised Acme Corp. in 2020.",
    "J. Smith isn't at Nordbank's door; Zo\u00e9 Faure's dog is. \U0001f600 She left S\u00e3o Paulo",
    "Fire Brigade praised Fire Brigade praised Fire Brigade praised Fire Brigade praised Fire Brigade in Oslo and Rome "
    "and Oslo and Rome and Oslo and Omar and Omar and Ada Byron, Li Wei, J. Smith.",
    "first line\n\nsecond: paragraph (\u201cquoted.\u201d) end",
)
_ABBREVIATIONS = ("J.", "Corp.", "Dr.")
_LABELS = (
    ("B-PER", "I-PER", "O", "B-LOC"),
    ("I-PER", "I-PER", "B-PER", "O", "I-LOC"),
    ("S-ORG", "B-ORG", "I-ORG", "E-ORG", "U-X", "L-X"),
    ("O", "NP", "B-", "-X", "B-a-b", "I-a-b"),
    (),
)


def word_vectors(folder: Path) -> dict[str, Any]:
    """Words and sentences of texts, their shapes, windows over long sentences, spans of labels."""
    return {
        "about": "start and end in code points; span16 in UTF-16 units. sentences: numbers of words in each",
        "cases": [_words(text, clitics) for text in (*_SENTENCES, *TEXTS) for clitics in ((), CLITICS)],
        "shapes": [[word, shape_of(word)] for word in _WORDS],
        "windows": [
            {
                "count": count,
                "size": size,
                "overlap": overlap,
                "windows": [[w.start, w.stop, w.first, w.last] for w in windows_of(count, size, overlap)],
            }
            for count, size, overlap in ((1, 12, 4), (12, 12, 4), (13, 12, 4), (50, 12, 4), (200, 64, 16), (7, 3, 0))
        ],
        "spans": [
            {"labels": labels, "spans": [[one.label, one.start, one.stop] for one in spans_of(labels)]}
            for labels in _LABELS
        ],
    }


_WORDS = (
    "a",
    "A",
    "Ab",
    "AB",
    "aB",
    "12",
    "a1",
    "1-2",
    "-",
    "\u4f60",
    "\u00c9t\u00e9",
    "\u01c5",
    "\u0661",
    "\u00bd",
    "\u2460",
    "O'Neil",
    "\u00df",
    "e\u0301",
)


def _words(text: str, clitics: tuple[str, ...]) -> dict[str, Any]:
    words = words_of(text, clitics, _ABBREVIATIONS.__contains__)
    sentences = sentences_of(text, words)
    return {
        **text_fields(text),
        "clitics": clitics,
        "abbreviations": _ABBREVIATIONS,
        "words": [[word.start, word.end] for word in words],
        "span16": [span16(text, word.start, word.end) for word in words],
        "sentences": [len(sentence) for sentence in sentences],
    }


def crf_vectors(folder: Path) -> dict[str, Any]:
    """Conditional random fields: best labels, probabilities, those of spans."""
    return {
        "about": "scores float32, transitions, start and end float64, all by random tensors; probabilities in float64",
        "tolerance": 1e-9,
        "cases": [_crf(steps, labels, seed, high) for steps, labels, seed, high in _CRFS],
    }


_CRFS = ((1, 2, 1, 2), (5, 3, 2, 4), (17, 7, 3, 8), (40, 9, 4, 2), (6, 4, 5, 400), (9, 3, 6, 2000))


def _crf(steps: int, labels: int, seed: int, high: int) -> dict[str, Any]:
    specs = {
        "scores": RandomTensor("float32", (steps, labels), seed, -high, high),
        "transitions": RandomTensor("float32", (labels, labels), seed + 100, -high, high),
        "start": RandomTensor("float32", (labels,), seed + 200, -high, high),
        "end": RandomTensor("float32", (labels,), seed + 300, -high, high),
    }
    made = {name: spec.values() for name, spec in specs.items()}
    field = Crf(*(made[name].astype(np.float64) for name in ("transitions", "start", "end")))
    scores = made["scores"].astype(np.float32)
    best = field.best(scores)
    lattice = field.lattice(scores)
    return {
        **{name: random(spec) for name, spec in specs.items()},
        "best": best.tolist(),
        "probabilities": values(lattice.probabilities),
        "spans": [
            [start, stop, lattice.probability(start, best[start:stop])]
            for start in range(0, steps, 3)
            for stop in (start + 1, min(steps, start + 3))
        ],
    }


def tag_vectors(folder: Path) -> dict[str, Any]:
    """Tokens, labels and entities of texts and of lists of words; streams of words."""
    cases = []
    for name in ("tagger", "forward"):
        model = opened(folder, name, SequenceTagger)
        tolerance = bundle_tolerance(model)
        for text in (*_SENTENCES, *TEXTS):
            cases.append({"bundle": name, **text_fields(text), **_tagging(model.tag(text)), "tolerance": tolerance})
        words = ["Ada", "Byron", "left", "S\u00e3o", "Paulo", "\U0001f600", "a b"]
        cases.append({"bundle": name, "list": words, **_tagging(model.tag(words)), "tolerance": tolerance})
    return {
        "about": "SequenceTagger.tag: tokens [start, end, start16, end16], main label and score; labels and scores by "
        "column; entities and spans by column. Where `list` is given the words are taken as they are",
        "cases": cases,
        "features": _features(opened(folder, "tagger", SequenceTagger)),
        "streams": [_stream(opened(folder, "forward", SequenceTagger))],
    }


def _features(model: SequenceTagger) -> list[dict[str, Any]]:
    lists = [["Ada", "visited", "ROME", "1999", "incomprehensibilities", "Zo\u00e9", "\U0001f600", "\u4f60"], ["x"]]
    return [
        {
            "bundle": "tagger",
            "words": words,
            "inputs": {name: {"shape": list(a.shape), "data": values(a)} for name, a in model.inputs(words).items()},
        }
        for words in lists
    ]


def _stream(model: SequenceTagger) -> dict[str, Any]:
    session = model.session()
    words = ["Ada", "Byron", "visited", "Lake", "Nyos", ".", "Omar", "left"]
    tokens = [session.step(word) for word in words]
    return {
        "bundle": "forward",
        "words": words,
        "tokens": [_token(" ".join(words), token) for token in tokens],
        "tolerance": bundle_tolerance(model),
    }


def _tagging(found: Tagging) -> dict[str, Any]:
    return {
        "tokens": [_token(found.text, token) for token in found],
        "entities": [_entity(found.text, one) for one in found.entities],
        "spans": {name: [_entity(found.text, one) for one in spans] for name, spans in found.spans.items()},
    }


def _token(text: str, token: Token) -> dict[str, Any]:
    return {
        "span": [token.start, token.end],
        "span16": span16(text, token.start, token.end),
        "label": token.label,
        "score": number(token.score),
        "labels": dict(token.labels),
        "scores": dict(token.scores),
    }


def _entity(text: str, entity: Entity) -> dict[str, Any]:
    return {
        "span": [entity.start, entity.end],
        "span16": span16(text, entity.start, entity.end),
        "label": entity.label,
        "score": number(entity.score),
    }
