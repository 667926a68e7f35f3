"""Beam search with length normalization (Wu et al. 2016, with the plain power of the length)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.scorer import Scorer, Scores
from edgernn.edge_runtime.decode.select import greatest


@dataclass(frozen=True)
class Hypothesis:
    """A sequence of tokens.

    Attributes:
      tokens: without the one that ends it.
      log_probability: natural, of all tokens and of the end where it has come.
      score: log-probability divided by the length (the end counted) to the power of the length penalty.
      ended: whether the end has come.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool


@dataclass
class _Live:
    tokens: tuple[int, ...]
    log_probability: float
    scorer: Scorer
    logits: Scores


def beam_search(
    scorer: Scorer, logits: Scores, options: DecodeOptions, end: int | None = None, forbidden: Iterable[int] = ()
) -> list[Hypothesis]:
    """The best sequences that go on from here, the best first.

    In every turn all continuations of all live hypotheses are ranked by log-probability (of equal ones the earlier
    hypothesis, then the lower token); those that end among the first 2 x beams are set aside, and the first `beams` of
    the others live on. The search ends when as many have ended as there are beams, or at a limit; then the live ones
    count too.

    Args:
      scorer: the sequence so far; it is used up.
      logits: of what follows it, float32 [vocabulary].
      options: beams, length penalty, most tokens and seconds, repetition penalty.
      end: the token that ends a sequence, or None where none does.
      forbidden: tokens that never come.
    """
    barred = np.array(sorted(forbidden), np.intp)
    live = [_Live((), 0.0, scorer, logits)]
    ended: list[Hypothesis] = []
    deadline = None if options.max_seconds is None else monotonic() + options.max_seconds
    for _ in range(options.max_tokens):
        if not live or len(ended) >= options.beams or (deadline is not None and monotonic() >= deadline):
            break
        survivors: list[tuple[int, int, float]] = []
        for parent, token, total in _ranked(live, 2 * options.beams, options, barred):
            if token == end:
                ended.append(_finished(live[parent].tokens, total, options, True))
            elif len(survivors) < options.beams:
                survivors.append((parent, token, total))
        live = _advanced(live, survivors)
    ended += [_finished(one.tokens, one.log_probability, options, False) for one in live]
    return sorted(ended, key=lambda one: -one.score)[: options.beams]


def _ranked(
    live: list[_Live], count: int, options: DecodeOptions, barred: npt.NDArray[np.intp]
) -> list[tuple[int, int, float]]:
    """The best continuations as (hypothesis, token, log-probability)."""
    found: list[tuple[int, int, float]] = []
    for number, one in enumerate(live):
        logs = _log_softmax(one, options, barred)
        for token in greatest(logs, min(count, len(logs))):
            if logs[token] > -np.inf:
                found.append((number, int(token), one.log_probability + float(logs[token])))
    return sorted(found, key=lambda item: (-item[2], item[0], item[1]))[:count]


def _log_softmax(one: _Live, options: DecodeOptions, barred: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    logits = one.logits.astype(np.float64)
    logits[barred] = -np.inf
    if options.repetition_penalty != 1.0 and one.tokens:
        seen = np.array(sorted(set(one.tokens)), np.intp)
        values = logits[seen]
        logits[seen] = np.where(values > 0, values / options.repetition_penalty, values * options.repetition_penalty)
    logits -= logits.max()
    logs: npt.NDArray[np.float64] = logits - np.log(np.exp(logits).sum())
    return logs


def _advanced(live: list[_Live], survivors: list[tuple[int, int, float]]) -> list[_Live]:
    """Takes the tokens in; the last child of a hypothesis goes on with its scorer, the others with copies."""
    last = {parent: place for place, (parent, _, _) in enumerate(survivors)}
    scorers = [
        live[parent].scorer if last[parent] == place else live[parent].scorer.fork()
        for place, (parent, _, _) in enumerate(survivors)
    ]
    return [
        _Live((*live[parent].tokens, token), total, scorer, scorer.step(token))
        for (parent, token, total), scorer in zip(survivors, scorers, strict=True)
    ]


def _finished(tokens: tuple[int, ...], log_probability: float, options: DecodeOptions, ended: bool) -> Hypothesis:
    length = max(1, len(tokens) + ended)
    return Hypothesis(tokens, log_probability, log_probability / length**options.length_penalty, ended)
