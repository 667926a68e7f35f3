"""Linear-chain conditional random fields (Lafferty et al. 2001): the best labels, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.floating]
# Of what is less, parts that count may have vanished.
_LEAST = 1e-280


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
        totals = np.empty(scores.shape, np.result_type(scores, self.start))
        totals[0] = self.start + scores[0]
        onto = self.transitions.T.copy()
        for step in range(1, len(scores)):
            totals[step] = (totals[step - 1] + onto).max(axis=1) + scores[step]
        labels = [int((totals[-1] + self.end).argmax())]
        for total in totals[-2::-1]:
            labels.append(int((total + onto[labels[-1]]).argmax()))
        return np.array(labels[::-1], np.intp)

    def probabilities(self, scores: Scores) -> npt.NDArray[np.float64]:
        """Of each label at each step, float64 [time, labels], over all sequences."""
        return self.lattice(scores).probabilities

    def lattice(self, scores: Scores) -> Lattice:
        """All sequences at once (forward-backward); `scores` as for `best`."""
        scores = scores.astype(np.float64)
        peaks = scores.max(axis=1, keepdims=True)
        # Probabilities that are scaled at each step (Rabiner 1989): a product of a vector and a matrix is quicker than
        # logarithms of sums of exponentials.
        steps = np.exp(scores - peaks)
        with np.errstate(over="ignore", invalid="ignore"):
            between, first, last = np.exp(self.transitions), np.exp(self.start) * steps[0], np.exp(self.end)
        forward, up = _scaled(first, between, steps[1:])
        backward, down = _scaled(last, between.T, steps[:0:-1], after=False)
        if not (forward * backward[::-1]).sum(axis=1).min() > _LEAST:
            return self._lattice_of_logarithms(scores)
        with np.errstate(divide="ignore"):
            logs, logs_back = np.log(forward) + up[:, None], np.log(backward) + down[:, None]
        before = np.cumsum(peaks, axis=0)
        return Lattice(self, scores, logs + before, logs_back[::-1] + before[-1] - before)

    def _lattice_of_logarithms(self, scores: Scores) -> Lattice:
        """The same where exponentials would vanish or overflow."""
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


def _scaled(first: Scores, between: Scores, steps: Scores, after: bool = True) -> tuple[Scores, Scores]:
    """Vectors [time, labels], each the product of the last one, `between` and its step, with a sum of 1.

    Args:
      first: the first vector, before it is scaled.
      between: [labels, labels].
      steps: [time - 1, labels].
      after: whether a step is multiplied after `between`, not before.

    Returns:
      The vectors, and the logarithms [time] of the factors that were taken out up to each.
    """
    vectors, sums = np.empty((len(steps) + 1, len(first))), np.empty(len(steps) + 1)
    with np.errstate(all="ignore"):
        sums[0] = first.sum()
        vectors[0] = vector = first / sums[0]
        for number, step in enumerate(steps, 1):
            vector = (vector @ between) * step if after else (vector * step) @ between
            total = vector.sum()
            vector /= total
            vectors[number], sums[number] = vector, total
        return vectors, np.cumsum(np.log(sums))


def _log_sum(scores: Scores, axis: int) -> npt.NDArray[np.float64]:
    most = scores.max(axis=axis, keepdims=True)
    summed: npt.NDArray[np.float64] = np.log(np.exp(scores - most).sum(axis=axis)) + most.squeeze(axis)
    return summed
