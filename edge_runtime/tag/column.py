"""One column of labels: from the network's scores to labels, their probabilities and the spans that they mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.spec.tag import ColumnSpec
from edgernn.edge_runtime.tag.crf import Crf, Scores
from edgernn.edge_runtime.tag.outcome import SEVERAL, Label, Score
from edgernn.edge_runtime.tag.schemes import OUTSIDE, Span, spans_of


@dataclass(frozen=True)
class Answer:
    """A sentence's labels.

    Attributes:
      labels: of each token.
      scores: their probabilities.
      sureness: of each token's whole answer, 0 to 1.
      spans: that the labels mark, with the probability of each; none without a scheme.
    """

    labels: list[Label]
    scores: list[Score]
    sureness: list[float]
    spans: list[tuple[Span, float]]


@dataclass(frozen=True)
class Column:
    """Decodes scores.

    Attributes:
      spec: the column.
      labels: in the order of the scores' last axis.
      crf: their effects on each other; where they have none, `independent`.
    """

    spec: ColumnSpec
    labels: tuple[str, ...]
    crf: Crf

    def best(self, scores: Scores) -> list[str]:
        """A label a token; several are joined by "|".

        Args:
          scores: float [time, labels], one step or more.
        """
        if self.spec.kind == "several":
            return [joined(self._several(row)) for row in scores]
        return [self.labels[i] for i in self.crf.best(scores)]

    def answer(self, scores: Scores) -> Answer:
        """Labels with their probabilities; `scores` as for `best`."""
        if self.spec.kind == "several":
            return self._several_answers(scores)
        path = self.crf.best(scores)
        lattice = self.crf.lattice(scores)
        sureness = lattice.probabilities[np.arange(len(path)), path].tolist()
        labels = [self.labels[i] for i in path]
        spans = spans_of(labels) if self.spec.scheme != "none" else []
        found = [(span, lattice.probability(span.start, path[span.start : span.stop])) for span in spans]
        return Answer([*labels], [*sureness], sureness, found)

    def _several_answers(self, scores: Scores) -> Answer:
        shares = sigmoid(scores)
        chosen = [
            tuple(float(p) for p, s in zip(a, b, strict=True) if s > 0) for a, b in zip(shares, scores, strict=True)
        ]
        sureness = np.maximum(shares, 1.0 - shares).min(axis=1).tolist()
        return Answer([self._several(row) for row in scores], [*chosen], sureness, [])

    def _several(self, row: Scores) -> tuple[str, ...]:
        return tuple(self.labels[i] for i in np.flatnonzero(row > 0))


def joined(label: Label) -> str:
    """As files hold it."""
    return label if isinstance(label, str) else SEVERAL.join(sorted(label)) or OUTSIDE


def sigmoid(scores: Scores) -> Scores:
    """Probabilities of labels that exclude no others."""
    shares: Scores = 0.5 * (1.0 + np.tanh(0.5 * scores.astype(np.float64)))
    return shares
