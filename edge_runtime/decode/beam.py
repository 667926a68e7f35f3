"""Beam search for models that are stepped one sequence at a time."""

from __future__ import annotations

from collections.abc import Iterable

from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.scorer import Forking, Scored, Scorer, Scores
from edgernn.edge_runtime.decode.scores import by_length
from edgernn.edge_runtime.decode.search import Hypothesis, Limits, search


def beam_search(
    scorer: Scorer, logits: Scores, options: DecodeOptions, end: int | None = None, forbidden: Iterable[int] = ()
) -> list[Hypothesis]:
    """The best sequences that go on from here, the best first; see `search`.

    Args:
      scorer: the sequence so far; it is used up.
      logits: of what follows it, float32 [vocabulary].
      options: beams, length penalty, most tokens and seconds, repetition penalty.
      end: the token that ends a sequence, or None where none does.
      forbidden: tokens that never come.
    """
    limits = Limits(options.beams, options.max_tokens, options.max_seconds, options.repetition_penalty)
    first = Scored(logits[None].copy())
    return search(Forking(scorer), first, limits, by_length(options.length_penalty), end, forbidden)
