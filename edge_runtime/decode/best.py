"""The best sequences out of an encoder and decoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from edgernn.edge_runtime.decode.greedy import Chosen, greedy
from edgernn.edge_runtime.decode.scorer import BatchScorer, Scored
from edgernn.edge_runtime.decode.scores import Score
from edgernn.edge_runtime.decode.search import Hypothesis, Limits, search

if TYPE_CHECKING:
    from edgernn.edge_runtime.encoder_decoder import Decoding


class PairScorer:
    """What `search` asks, of an encoder and decoder. See `BatchScorer`.

    Args:
      decoding: of the source.
      token: name of the step's input, int32 [rows, 1].
      logits: name of its output, float32 [rows, vocabulary].
      attention: name of its output, float32 [rows, source].
    """

    def __init__(self, decoding: Decoding, token: str, logits: str, attention: str) -> None:
        self._decoding, self._token, self._logits, self._attention = decoding, token, logits, attention

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> Scored:
        """See `BatchScorer`."""
        outputs = self._decoding.step({self._token: np.array(tokens, np.int32)[:, None]}, parents)
        return Scored(outputs[self._logits], outputs[self._attention])  # type: ignore[arg-type]


def best_sequences(
    scorer: BatchScorer, first: Scored, limits: Limits, score: Score, end: int, forbidden: Iterable[int]
) -> list[Hypothesis]:
    """The best first; with one beam the likeliest token, again and again. The arguments are those of `search`."""
    if limits.beams == 1:
        return [_hypothesis(list(greedy(scorer, first, limits, end, forbidden)), end, score)]
    return search(scorer, first, limits, score, end, forbidden)


def _hypothesis(chosen: Sequence[Chosen], end: int, score: Score) -> Hypothesis:
    ended = bool(chosen) and chosen[-1].token == end
    said = chosen[: len(chosen) - ended]
    rows = [one.attention for one in chosen if one.attention is not None]
    total = sum(one.log_probability for one in chosen)
    value = score(total, len(chosen), np.sum(rows, axis=0) if rows else None)
    tokens = tuple(one.token for one in said)
    return Hypothesis(tokens, total, value, ended, np.stack(rows[: len(said)]) if said and rows else None)
