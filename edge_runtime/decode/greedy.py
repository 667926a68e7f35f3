"""The likeliest token, again and again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

import numpy as np

from edgernn.edge_runtime.decode.scorer import BatchScorer, Scored, Scores
from edgernn.edge_runtime.decode.search import Limits, log_normalizers


@dataclass(frozen=True)
class Chosen:
    """A token of a sequence.

    Attributes:
      token: the one that ends the sequence is the last.
      log_probability: natural.
      attention: float32 [source], or None.
    """

    token: int
    log_probability: float
    attention: Scores | None


def greedy(
    scorer: BatchScorer, first: Scored, limits: Limits, end: int | None = None, forbidden: Iterable[int] = ()
) -> Iterator[Chosen]:
    """Tokens as they are found, of equal ones those with the lower id; the arguments are those of `search`."""
    barred = np.array(sorted(forbidden), np.intp)
    deadline = None if limits.max_seconds is None else monotonic() + limits.max_seconds
    scored = first
    for turn in range(limits.max_tokens):
        if deadline is not None and monotonic() >= deadline:
            return
        logits = scored.logits
        if len(barred):
            logits[:, barred] = -np.inf
        token = int(logits[0].argmax())
        attention = None if scored.attention is None else scored.attention[0]
        yield Chosen(token, float(logits[0, token] - log_normalizers(logits)[0]), attention)
        if token == end:
            return
        if turn + 1 < limits.max_tokens:
            scored = scorer.step((0,), (token,))
