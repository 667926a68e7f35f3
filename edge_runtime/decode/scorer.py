"""What decoding asks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


class Scorer(Protocol):
    """A sequence that is being generated."""

    def step(self, token: int) -> Scores:
        """Takes a token in.

        Returns:
          Logits of the tokens that may follow, float32 [vocabulary]; the caller may change them.
        """

    def fork(self) -> Scorer:
        """The same sequence, once more."""


@dataclass(frozen=True)
class Scored:
    """What may follow each of a few sequences.

    Attributes:
      logits: float32 [sequences, vocabulary]; whoever gets them may change them.
      attention: how much of each part of the source went into them, float32 [sequences, source], or None.
    """

    logits: Scores
    attention: Scores | None = None


class BatchScorer(Protocol):
    """Sequences that are being generated side by side."""

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> Scored:
        """Takes a token in for each sequence that goes on.

        Args:
          parents: number, among the sequences before, of the one that each goes on from.
          tokens: as many.
        """


class Forking:
    """Sequences side by side, each with a scorer of its own.

    Args:
      scorer: of the one sequence at the beginning.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorers = [scorer]

    def step(self, parents: Sequence[int], tokens: Sequence[int]) -> Scored:
        """See `BatchScorer`. The last child of a sequence goes on with its scorer, the others with copies."""
        last = {parent: place for place, parent in enumerate(parents)}
        self._scorers = [
            self._scorers[parent] if last[parent] == place else self._scorers[parent].fork()
            for place, parent in enumerate(parents)
        ]
        return Scored(np.stack([one.step(token) for one, token in zip(self._scorers, tokens, strict=True)]))
