"""Decoders alone: scores come from tables, so that no engine is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.plain import number, random, values
from edgernn.edge_runtime.decode.best import best_sequences
from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.sampling import Sampler
from edgernn.edge_runtime.decode.scorer import Scored, Scores
from edgernn.edge_runtime.decode.scores import by_length, by_length_and_coverage
from edgernn.edge_runtime.decode.search import Limits
from edgernn.edge_runtime.decode.stop import StopStrings
from edgernn.edge_runtime.random_tensor import RandomTensor

_TOKENS = 24
_SAMPLERS: tuple[dict[str, Any], ...] = (
    {"temperature": 0.0},
    {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "seed": 0},
    {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "seed": 12345678901234567890},
    {"temperature": 0.7, "top_k": 5, "top_p": 1.0, "seed": 1},
    {"temperature": 0.7, "top_k": 0, "top_p": 0.5, "seed": 2},
    {"temperature": 1.3, "top_k": 0, "top_p": 0.0, "seed": 3},
    {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.2, "seed": 4},
    {"temperature": 1.0, "top_k": 7, "top_p": 0.9, "min_p": 0.05, "seed": 5},
    {"temperature": 0.8, "top_k": 40, "top_p": 0.95, "repetition_penalty": 1.3, "seed": 6},
    {"temperature": 0.0, "repetition_penalty": 2.0},
    {"temperature": 0.05, "top_k": 3, "seed": 7},
    {"temperature": 100.0, "top_k": 1, "seed": 8},
)


def sampling_vectors(folder: Path) -> dict[str, Any]:
    """Tokens drawn from logits of which many are equal, and distributions."""
    cases = [
        _sampled(options, vocabulary, high, forbidden)
        for options in _SAMPLERS
        for vocabulary, high, forbidden in ((50, 8, (0, 49)), (50, 1, ()), (2000, 4, (3,)))
    ]
    return {
        "about": "row n of `logits` is what the n-th token is chosen from; `seen` had come before. `distribution`: of "
        "row 0 before anything is chosen (ids and float64 probabilities), null where temperature is 0",
        "tolerance": 1e-12,
        "cases": cases,
    }


def _sampled(settings: dict[str, Any], vocabulary: int, high: int, forbidden: tuple[int, ...]) -> dict[str, Any]:
    spec = RandomTensor("float32", (_TOKENS, vocabulary), vocabulary + high, -high, high)
    options = DecodeOptions(**settings)
    rows, seen = spec.values().astype(np.float32), (5, 6, 7, 5)
    sampler = Sampler(options, forbidden)
    sampler.see(seen)
    tokens = [sampler.choose(row.copy()) for row in rows]
    return {
        "options": {**settings, **({"seed": str(settings["seed"])} if "seed" in settings else {})},
        "logits": random(spec),
        "forbidden": forbidden,
        "seen": seen,
        "tokens": tokens,
        "distribution": _distribution(Sampler(options, forbidden), rows[0], forbidden) if options.temperature else None,
    }


def _distribution(sampler: Sampler, row: Scores, forbidden: tuple[int, ...]) -> dict[str, Any] | None:
    row = row.copy()
    row[list(forbidden)] = -np.inf
    ids, probabilities = sampler.distribution(row)
    if len(ids) > 60:
        return None
    return {"ids": ids.tolist(), "probabilities": values(probabilities)}


class _Table:
    """What follows each token, whatever came before: a `BatchScorer`."""

    def __init__(self, logits: Scores, attention: Scores | None) -> None:
        self._logits, self._attention = logits, attention

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> Scored:
        rows = np.array(tokens, np.intp)
        return Scored(self._logits[rows].copy(), None if self._attention is None else self._attention[rows].copy())


_SEARCHES: tuple[dict[str, Any], ...] = (
    {"beams": 1, "max_tokens": 12},
    {"beams": 2, "max_tokens": 12},
    {"beams": 4, "max_tokens": 12},
    {"beams": 7, "max_tokens": 5},
    {"beams": 4, "max_tokens": 1},
    {"beams": 3, "max_tokens": 10, "repetition_penalty": 1.5},
    {"beams": 64, "max_tokens": 3},
)
_SCORES: tuple[dict[str, float], ...] = (
    {"length": 1.0},
    {"length": 0.0},
    {"length_penalty": 0.6, "coverage_penalty": 0.0},
    {"length_penalty": 1.0, "coverage_penalty": 0.2},
)


def beam_vectors(folder: Path) -> dict[str, Any]:
    """Hypotheses of searches over tables."""
    return {
        "about": "logits after token t are row t of `table`, at the beginning row `begin`; attention likewise. "
        "score: {length} is by_length, {length_penalty, coverage_penalty} Wu et al. 2016",
        "tolerance": 1e-6,
        "cases": [
            _searched(settings, score, vocabulary, high)
            for settings in _SEARCHES
            for score in _SCORES
            for vocabulary, high in ((12, 3), (700, 2))
        ],
    }


def _searched(settings: dict[str, Any], score: dict[str, float], vocabulary: int, high: int) -> dict[str, Any]:
    table = RandomTensor("float32", (vocabulary, vocabulary), 1000 + vocabulary, -high, high)
    attention = RandomTensor("float32", (vocabulary, 6), 2000 + vocabulary, 0, 1)
    logits, weights = table.values().astype(np.float32), attention.values().astype(np.float32)
    begin, end, forbidden = 2, 3, (0, 1)
    compare = by_length(score["length"]) if "length" in score else by_length_and_coverage(**score)
    first = Scored(logits[[begin]].copy(), weights[[begin]].copy())
    found = best_sequences(_Table(logits, weights), first, Limits(**settings), compare, end, forbidden)
    return {
        **{"limits": settings, "score": score, "table": random(table), "attention": random(attention)},
        **{"begin": begin, "end": end, "forbidden": forbidden},
        "hypotheses": [
            {
                "tokens": list(one.tokens),
                "log_probability": number(one.log_probability),
                "score": number(one.score),
                "ended": one.ended,
            }
            for one in found[:8]
        ],
    }


_STOPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ("a", "b")),
    (("\n",), ("one", " two\nthree", " four")),
    (("stop",), ("st", "op it", "x")),
    (("stop", "top"), ("a s", "to", "p")),
    (("aab",), ("a", "a", "a", "b", "c")),
    (("END", "en"), ("th", "e ", "E", "N", "d e", "nd")),
    (("\U0001f600",), ("a\U0001f600b",)),
    (("xyz",), ("xy", "xy")),
)


def stop_vectors(folder: Path) -> dict[str, Any]:
    """What is passed on of a text in pieces."""
    return {
        "about": "StopStrings: what each feed passes on, what finish gives, whether it stopped",
        "defaults": asdict(DecodeOptions()),
        "cases": [_stopped(strings, parts) for strings, parts in _STOPS],
    }


def _stopped(strings: tuple[str, ...], parts: tuple[str, ...]) -> dict[str, Any]:
    stops = StopStrings(strings)
    passed = [stops.feed(part) for part in parts]
    return {"stop": strings, "parts": parts, "passed": passed, "stopped": stops.stopped, "rest": stops.finish()}
