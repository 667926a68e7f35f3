"""Linear-chain conditional random fields (Lafferty et al. 2001): the best labels, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Crf:
    """What labels add to each other's scores.

    Attributes:
      transitions: float [labels, labels], from the row's label to the column's.
      start: float [labels], of the first label.
      end: float [labels], of the last one.
    """

    transitions: Scores
    start: Scores
    end: Scores

    def best(self, scores: Scores) -> npt.NDArray[np.intp]:
        """The labels with the greatest sum of scores (Viterbi 1967); of equal ones, from the end, the lower ids.

        Args:
          scores: float [time, labels], one step or more.

        Returns:
          Indices [time].
        """
        total = self.start + scores[0]
        pointers = np.empty((len(scores) - 1, len(total)), np.intp)
        columns = np.arange(len(total))
        for step, score in enumerate(scores[1:]):
            paths = total[:, None] + self.transitions
            pointers[step] = paths.argmax(axis=0)
            total = paths[pointers[step], columns] + score
        labels = [int((total + self.end).argmax())]
        for pointer in pointers[::-1]:
            labels.append(int(pointer[labels[-1]]))
        return np.array(labels[::-1], np.intp)

    def probabilities(self, scores: Scores) -> npt.NDArray[np.float64]:
        """Of each label at each step, float64 [time, labels], over all sequences."""
        return self.lattice(scores).probabilities

    def lattice(self, scores: Scores) -> Lattice:
        """All sequences at once (forward-backward); `scores` as for `best`."""
        scores = scores.astype(np.float64)
        forward = np.empty_like(scores)
        backward = np.empty_like(scores)
        forward[0] = self.start + scores[0]
        for step in range(1, len(scores)):
            forward[step] = self.onward(forward[step - 1], scores[step])
        backward[-1] = self.end
        for step in range(len(scores) - 2, -1, -1):
            backward[step] = _log_sum(self.transitions + (scores[step + 1] + backward[step + 1]), axis=1)
        return Lattice(self, scores, forward, backward)

    def onward(self, before: Scores | None, scores: Scores) -> npt.NDArray[np.float64]:
        """Logarithms [labels] of the sums over all beginnings, one step on.

        Args:
          before: of the step before, or None at a sequence's beginning.
          scores: float [labels] of this step.
        """
        if before is None:
            first: npt.NDArray[np.float64] = (self.start + scores).astype(np.float64)
            return first
        following: npt.NDArray[np.float64] = _log_sum(before[:, None] + self.transitions, axis=0) + scores
        return following


@dataclass(frozen=True)
class Lattice:
    """All sequences of labels over some steps.

    Attributes:
      crf: that made it.
      scores: float64 [time, labels].
      forward: logarithms [time, labels] of the sums over all beginnings, up to the step's label.
      backward: of those over all endings behind it.
    """

    crf: Crf
    scores: Scores
    forward: Scores
    backward: Scores

    @property
    def probabilities(self) -> npt.NDArray[np.float64]:
        """Of each label at each step, float64 [time, labels]."""
        return softmax(self.forward + self.backward)

    def probability(self, start: int, labels: npt.NDArray[np.intp]) -> float:
        """That the steps from `start` on have just these labels, whatever the others have.

        Args:
          start: a step.
          labels: indices, one or more, up to the last step at most.
        """
        stop = start + len(labels)
        steps = self.scores[start + 1 : stop][np.arange(len(labels) - 1), labels[1:]].sum()
        pairs = self.crf.transitions[labels[:-1], labels[1:]].sum()
        path = self.forward[start, labels[0]] + steps + pairs + self.backward[stop - 1, labels[-1]]
        everything = _log_sum(self.forward[start] + self.backward[start], axis=0)
        return float(np.exp(min(path - everything, 0.0)))


def independent(labels: int) -> Crf:
    """Labels that take no notice of each other."""
    return Crf(np.zeros((labels, labels)), np.zeros(labels), np.zeros(labels))


def softmax(scores: Scores) -> npt.NDArray[np.float64]:
    """Probabilities over the last axis."""
    shifted = np.exp(scores.astype(np.float64) - scores.max(axis=-1, keepdims=True))
    shares: npt.NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return shares


def _log_sum(scores: Scores, axis: int) -> npt.NDArray[np.float64]:
    most = scores.max(axis=axis, keepdims=True)
    summed: npt.NDArray[np.float64] = np.log(np.exp(scores - most).sum(axis=axis)) + most.squeeze(axis)
    return summed
