"""Beam search over sequences that a model computes side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.scorer import BatchScorer, Scored, Scores
from edgernn.edge_runtime.decode.scores import Score
from edgernn.edge_runtime.decode.select import greatest


@dataclass(frozen=True)
class Hypothesis:
    """A sequence of tokens.

    Attributes:
      tokens: without the one that ends it.
      log_probability: natural, of all tokens and of the end where it has come.
      score: by which sequences of different lengths are compared.
      ended: whether the end has come.
      attention: float32 [tokens, source], or None.
    """

    tokens: tuple[int, ...]
    log_probability: float
    score: float
    ended: bool
    attention: Scores | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Limits:
    """Where a search ends.

    Attributes:
      beams: sequences that go on side by side, 1 or more.
      max_tokens: of a sequence.
      max_seconds: of the search, or None.
      repetition_penalty: positive logits of tokens that have come are divided by it, negative ones multiplied.
    """

    beams: int
    max_tokens: int
    max_seconds: float | None = None
    repetition_penalty: float = 1.0


@dataclass(frozen=True)
class _Live:
    tokens: tuple[int, ...] = ()
    log_probability: float = 0.0
    # A row a token.
    attention: tuple[Scores, ...] = ()

    def finished(self, total: float, score: Score, ended: bool, last: Scores | None) -> Hypothesis:
        rows = self.attention if last is None else (*self.attention, last)
        coverage = np.sum(rows, axis=0) if rows else None
        attention = np.stack(self.attention) if self.attention else None
        value = score(total, len(self.tokens) + ended, coverage)
        return Hypothesis(self.tokens, total, value, ended, attention)


def search(
    scorer: BatchScorer,
    first: Scored,
    limits: Limits,
    score: Score,
    end: int | None = None,
    forbidden: Iterable[int] = (),
) -> list[Hypothesis]:
    """The best sequences that go on from here, the best first.

    In every turn the continuations of all live sequences are ranked by log-probability (of equal ones the earlier
    sequence, then the lower token). An end among the first `beams` sets its sequence aside; the first `beams` of the
    others among twice as many live on. The search ends when as many are aside as there are beams, or at a limit; then
    the live ones count too. With one beam this is the likeliest token, again and again.

    Args:
      scorer: the sequence so far, as number 0; it is used up.
      first: what follows it, of one row.
      limits: beams, tokens, seconds.
      score: compares sequences when all are found.
      end: the token that ends a sequence, or None where none does.
      forbidden: tokens that never come.
    """
    barred = np.array(sorted(forbidden), np.intp)
    deadline = None if limits.max_seconds is None else monotonic() + limits.max_seconds
    live, ended, scored = [_Live()], list[Hypothesis](), first
    for turn in range(limits.max_tokens):
        if not live or len(ended) >= limits.beams or (deadline is not None and monotonic() >= deadline):
            break
        survivors: list[tuple[int, int, float]] = []
        for place, (parent, token, total) in enumerate(_ranked(live, scored.logits, limits, barred)):
            if token == end:
                if place < limits.beams:
                    ended.append(live[parent].finished(total, score, True, _row(scored, parent)))
            elif len(survivors) < limits.beams:
                survivors.append((parent, token, total))
        live = [_extended(live[parent], token, total, _row(scored, parent)) for parent, token, total in survivors]
        if live and len(ended) < limits.beams and turn + 1 < limits.max_tokens:
            scored = scorer.step([parent for parent, _, _ in survivors], [token for _, token, _ in survivors])
    ended += [one.finished(one.log_probability, score, False, None) for one in live]
    return sorted(ended, key=lambda one: -one.score)[: limits.beams]


def log_normalizers(logits: Scores) -> npt.NDArray[np.float64]:
    """The logarithm of the sum of the exponentials of each row, [rows]."""
    greatest_ = logits.max(axis=1, keepdims=True)
    moved = logits - greatest_
    sums = np.exp(moved, out=moved).sum(axis=1)
    found: npt.NDArray[np.float64] = np.log(sums.astype(np.float64)) + greatest_[:, 0]
    return found


def _ranked(
    live: Sequence[_Live], logits: Scores, limits: Limits, barred: npt.NDArray[np.intp]
) -> list[tuple[int, int, float]]:
    """The best continuations as (sequence, token, log-probability): twice as many as there are beams."""
    count = 2 * limits.beams
    if len(barred):
        logits[:, barred] = -np.inf
    if limits.repetition_penalty != 1.0:
        for row, one in zip(logits, live, strict=True):
            _discourage(row, one.tokens, limits.repetition_penalty)
    bases = [one.log_probability for one in live] - log_normalizers(logits)
    # One look at all of them; the sums in double precision are those of the few that are chosen.
    flat = (logits + bases.astype(np.float32)[:, None]).reshape(-1)
    chosen = greatest(flat, min(count, len(flat)))
    numbers, tokens = np.divmod(chosen, logits.shape[1])
    totals = logits[numbers, tokens] + bases[numbers]
    found = zip(numbers.tolist(), tokens.tolist(), totals.tolist(), strict=True)
    return sorted((one for one in found if one[2] > -np.inf), key=lambda item: (-item[2], item[0], item[1]))


def _discourage(row: Scores, tokens: Sequence[int], penalty: float) -> None:
    if tokens:
        seen = np.array(sorted(set(tokens)), np.intp)
        values = row[seen]
        row[seen] = np.where(values > 0, values / np.float32(penalty), values * np.float32(penalty))


def _row(scored: Scored, number: int) -> Scores | None:
    return None if scored.attention is None else scored.attention[number]


def _extended(one: _Live, token: int, total: float, attention: Scores | None) -> _Live:
    rows = one.attention if attention is None else (*one.attention, attention)
    return _Live((*one.tokens, token), total, rows)
