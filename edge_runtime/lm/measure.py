"""How well a language model predicts a text: perplexity, recall of the next word, and keystrokes saved."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.edge_runtime.text.pieces import Pieces

Ids = npt.NDArray[np.generic]
# A text is measured as so many streams side by side, as in training: each begins without a past.
STREAMS, WINDOW = 16, 70
_PIECE = 64
_KEYSTROKE_WORDS = 20_000
# Suggestions that a keyboard shows, of which one is chosen by one keystroke.
SHOWN = 3


@dataclass(frozen=True)
class LmScores:
    """What was measured.

    Attributes:
      tokens: that were predicted.
      nats: mean negative natural logarithm of their probabilities.
      recall_1: part of them that was the most probable one.
      recall_3: part of them that was among the three most probable ones.
    """

    tokens: int
    nats: float
    recall_1: float
    recall_3: float

    @property
    def perplexity(self) -> float:
        """A token."""
        return math.exp(min(self.nats, 700.0))


def streams_of(tokens: int, wanted: int, steps: int) -> int:
    """Streams that leave each of them at least two windows of so many steps."""
    return max(1, min(wanted, tokens // (2 * steps + 2)))


def measure(model: Model, task: LmSpec, ids: Ids, keys: Keystrokes | None = None) -> LmScores:
    """Reads a text, and compares each token with what was predicted.

    Args:
      model: with sessions.
      task: what the bundle says of it.
      ids: the text, [tokens].
      keys: counts the keystrokes of the first words, or None.
    """
    total, first, among, count = 0.0, 0, 0, 0
    for logits, targets in predictions(model, task, ids):
        own = logits[np.arange(len(targets)), targets]
        greater = (logits > own[:, None]).sum(axis=1)
        total += float((log_sum(logits) - own).sum())
        first += int((greater == 0).sum())
        among += int((greater < SHOWN).sum())
        if keys is not None and count < _KEYSTROKE_WORDS:
            keys.count(logits, targets)
        count += len(targets)
    return LmScores(count, total / count, first / count, among / count)


def predictions(model: Model, task: LmSpec, ids: Ids) -> Iterator[tuple[Scores, npt.NDArray[np.int64]]]:
    """Logits float32 [some, vocabulary] and the tokens int64 [some] that came, for all of a text."""
    streams = streams_of(len(ids), STREAMS, WINDOW)
    length = len(ids) // streams
    for number in range(streams):
        row = np.asarray(ids[number * length : (number + 1) * length], np.int32)
        session = model.session()
        for start in range(0, length - 1, _PIECE):
            piece = row[start : min(start + _PIECE, length - 1)]
            outputs = session.run({task.input: piece[None]})
            yield (
                outputs[task.output][0],  # type: ignore[index]
                row[start + 1 : start + 1 + len(piece)].astype(np.int64),
            )


def log_sum(logits: Scores) -> npt.NDArray[np.float64]:
    """Logarithm of the sum of exponentials of each row, float64 [rows]."""
    greatest = logits.max(axis=1)
    # Summed in float64: the terms are float32, of which there may be tens of thousands.
    sums = np.exp(logits - greatest[:, None]).sum(axis=1, dtype=np.float64)
    logs: npt.NDArray[np.float64] = greatest.astype(np.float64) + np.log(sums)
    return logs


class Keystrokes:
    """Counts the keys that a keyboard with three suggestions saves, for tokens that are whole words.

    Before each letter of a word the three most probable words that begin with what has been typed are shown; as soon as
    the word is among them, one keystroke takes it, the blank behind it included. A word that is never shown costs its
    letters and the blank.

    Args:
      pieces: what tokens are in a text.
      special: tokens that nobody types: the unknown word, a line's end.
    """

    def __init__(self, pieces: Pieces, special: Sequence[int]) -> None:
        order = sorted(range(len(pieces)), key=lambda i: pieces.texts[i].strip())
        self._order = np.array(order, np.intp)
        self._words = [pieces.texts[i].strip() for i in order]
        self._special = np.array(sorted(special), np.intp)
        self._place = {token: place for place, token in enumerate(order)}
        self.typed = self.needed = 0

    def count(self, logits: Scores, targets: npt.NDArray[np.int64]) -> None:
        """Takes predictions and what came: float32 [some, vocabulary], int64 [some]."""
        for scores, target in zip(logits, targets, strict=True):
            if target not in self._special:
                self._word(scores, int(target))

    @property
    def saved(self) -> float:
        """Part of the keystrokes that was saved."""
        return 1.0 - self.needed / self.typed if self.typed else 0.0

    def _word(self, scores: Scores, target: int) -> None:
        word = self._words[self._place[target]]
        self.typed += len(word) + 1
        scores = scores.copy()
        scores[self._special] = -np.inf
        ranked = scores[self._order]
        for letters in range(len(word)):
            low = bisect.bisect_left(self._words, word[:letters])
            high = bisect.bisect_left(self._words, word[:letters] + "\U0010ffff")
            if int((ranked[low:high] > scores[target]).sum()) < SHOWN:
                self.needed += letters + 1
                return
        self.needed += len(word) + 1
