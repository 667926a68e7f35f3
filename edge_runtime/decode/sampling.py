"""Chooses the next token from logits."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.decode.select import Ids, greatest

Probabilities = npt.NDArray[np.float64]
# The nucleus is looked for among so many of the most probable, then among so many times more.
_FIRST, _TIMES = 128, 8


class Sampler:
    """Draws tokens, one generator for a whole text: the same seed and logits give the same tokens on any machine.

    Args:
      options: how.
      forbidden: tokens that are never chosen.
    """

    def __init__(self, options: DecodeOptions, forbidden: Iterable[int] = ()) -> None:
        self._options = options
        self._forbidden = np.array(sorted(forbidden), np.intp)
        self._random = np.random.default_rng(options.seed)
        self._seen: set[int] = set()

    def see(self, tokens: Iterable[int]) -> None:
        """Tells of tokens that have come, for the repetition penalty."""
        if self._options.repetition_penalty != 1.0:
            self._seen.update(tokens)

    def choose(self, logits: Scores) -> int:
        """The next token; it counts as seen.

        Args:
          logits: float32 [vocabulary]; changed.
        """
        self._prepare(logits)
        if self._options.temperature == 0.0:
            token = int(logits.argmax())
        else:
            ids, probabilities = self.distribution(logits)
            # One draw a token, by the inverse of the cumulative distribution in the order of ids.
            cumulative = np.cumsum(probabilities)
            place = int(np.searchsorted(cumulative, self._random.random() * cumulative[-1], side="right"))
            token = int(ids[min(place, len(ids) - 1)])
        self.see((token,))
        return token

    def distribution(self, logits: Scores) -> tuple[Ids, Probabilities]:
        """The tokens that may be drawn, in the order of their ids, and their probabilities, which add up to 1."""
        options = self._options
        top_k = options.top_k if 0 < options.top_k < len(logits) else 0
        ids = greatest(logits, top_k) if top_k else np.flatnonzero(logits > -np.inf)
        scaled = logits[ids].astype(np.float64) / options.temperature
        probabilities = np.exp(scaled - scaled.max())
        probabilities /= probabilities.sum()
        if options.top_p < 1.0:
            kept = _nucleus(probabilities, options.top_p)
            ids, probabilities = ids[kept], probabilities[kept]
        if options.min_p > 0.0:
            kept = np.flatnonzero(probabilities >= options.min_p * probabilities.max())
            ids, probabilities = ids[kept], probabilities[kept]
        return ids, probabilities / probabilities.sum()

    def _prepare(self, logits: Scores) -> None:
        logits[self._forbidden] = -np.inf
        if self._seen:
            seen = np.fromiter(self._seen, np.intp, len(self._seen))
            penalty = np.float32(self._options.repetition_penalty)
            values = logits[seen]
            logits[seen] = np.where(values > 0, values / penalty, values * penalty)


def _nucleus(probabilities: Probabilities, p: float) -> Ids:
    """Places of the smallest set of the most probable that adds up to p, ascending; at least one."""
    count = min(_FIRST, len(probabilities))
    while True:
        kept = greatest(probabilities, count)
        # Descending, and of equal ones the lower place first.
        order = kept[np.lexsort((kept, -probabilities[kept]))]
        reached = np.flatnonzero(np.cumsum(probabilities[order]) >= p)
        if len(reached):
            return np.sort(order[: reached[0] + 1])
        if count == len(probabilities):
            return np.arange(count)
        count = min(count * _TIMES, len(probabilities))
