"""Chooses the next token from logits."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.options import DecodeOptions
from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.decode.select import Ids, greatest

Probabilities = npt.NDArray[np.float64]


class Sampler:
    """Draws tokens, one generator for a whole text: the same seed and logits give the same tokens on any machine.

    Args:
      options: how.
      forbidden: tokens that are never chosen.
    """

    def __init__(self, options: DecodeOptions, forbidden: Iterable[int] = ()) -> None:
        self._options = options
        self._forbidden = tuple(sorted(forbidden))
        self._random = np.random.default_rng(options.seed)
        self._seen: set[int] = set()
        self._all: Ids | None = None

    def see(self, tokens: Iterable[int]) -> None:
        """Tells of tokens that have come, for the repetition penalty."""
        if self._options.repetition_penalty != 1.0:
            self._seen.update(tokens)

    def choose(self, logits: Scores) -> int:
        """The next token; it counts as seen.

        One number is drawn for each token, and looked up in the cumulative distribution: of `distribution`'s tokens in
        their order.

        Args:
          logits: float32 [vocabulary]; changed.
        """
        self._prepare(logits)
        if self._options.temperature == 0.0:
            token = int(logits.argmax())
        else:
            ids, cumulative = self._cumulative(logits)
            place = int(cumulative.searchsorted(self._random.random() * cumulative[-1], side="right"))
            token = int(ids[min(place, len(ids) - 1)])
        self.see((token,))
        return token

    def distribution(self, logits: Scores) -> tuple[Ids, Probabilities]:
        """The tokens that may be drawn, and their probabilities, which add up to 1.

        The most probable comes first, of equal ones the lower id; where all tokens may be drawn, they come by id.
        """
        ids, cumulative = self._cumulative(logits)
        return ids, np.diff(cumulative, prepend=0.0) / cumulative[-1]

    def _cumulative(self, logits: Scores) -> tuple[Ids, Probabilities]:
        """Tokens, and the sums of their weights up to each."""
        options = self._options
        top_k = options.top_k if 0 < options.top_k < len(logits) - len(self._forbidden) else 0
        if not top_k and options.top_p >= 1.0 and options.min_p <= 0.0:
            ids = self._allowed(len(logits))
            return ids, self._weights(logits[ids]).cumsum()
        ids, scores = self._descending(logits, top_k)
        weights = self._weights(scores)
        cumulative = weights.cumsum()
        count = len(ids)
        if options.top_p < 1.0:
            count = min(count, int(cumulative.searchsorted(options.top_p * cumulative[-1])) + 1)
        if options.min_p > 0.0:
            # The first weight, 1, is the greatest.
            count = max(1, min(count, int((-weights).searchsorted(-options.min_p, side="right"))))
        return ids[:count], cumulative[:count]

    def _descending(self, logits: Scores, top_k: int) -> tuple[Ids, Scores]:
        if top_k:
            ids = greatest(logits, top_k)
            return ids, logits[ids]
        ids = self._allowed(len(logits))
        scores = logits[ids]
        order = (-scores).argsort(kind="stable")
        return ids[order], scores[order]

    def _weights(self, scores: Scores) -> Probabilities:
        """In proportion to the probabilities, the greatest being 1."""
        weights = scores.astype(np.float64)
        weights -= weights.max()
        weights /= self._options.temperature
        return np.exp(weights, out=weights)

    def _allowed(self, size: int) -> Ids:
        if self._all is None or len(self._all) + len(self._forbidden) != size:
            self._all = np.delete(np.arange(size), self._forbidden)
        return self._all

    def _prepare(self, logits: Scores) -> None:
        for token in self._forbidden:
            logits[token] = -np.inf
        if self._seen:
            seen = np.fromiter(self._seen, np.intp, len(self._seen))
            penalty = np.float32(self._options.repetition_penalty)
            values = logits[seen]
            logits[seen] = np.where(values > 0, values / penalty, values * penalty)
