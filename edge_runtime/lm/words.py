"""Completes the word that is being typed, and predicts the next one."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.decode.select import greatest
from edgernn.edge_runtime.lm.state import Reading
from edgernn.edge_runtime.text.pieces import Pieces

# Of words that are made of several tokens: beginnings that are followed, and tokens that a word has at most.
_BEAMS, _LONGEST = 12, 24
_WHOLE_LEVELS = ("blank", "word")

Logs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suggestion:
    """A word that may come.

    Attributes:
      text: the whole word, what has been typed of it included.
      score: its probability, 0 to 1.
      completes: whether it goes on the word that is being typed; otherwise it follows it.
    """

    text: str
    score: float
    completes: bool = False


@dataclass(frozen=True)
class Typed:
    """A text that is being typed.

    Attributes:
      before: what the model reads: without the word that is being typed and the blank before it.
      partial: what has been typed of a word.
      blank: whether a blank lies between the two.
    """

    before: str
    partial: str
    blank: bool


def is_word_character(character: str) -> bool:
    """Whether a character is part of words: letters, digits, apostrophes."""
    return character.isalnum() or character in "'\u2019_"


def typed(text: str) -> Typed:
    """Divides a text at the beginning of its last word."""
    cut = len(text)
    while cut and is_word_character(text[cut - 1]):
        cut -= 1
    before, partial = text[:cut], text[cut:]
    blank = before.endswith(" ")
    return Typed(before.removesuffix(" "), partial, blank)


class Words:
    """Words out of tokens.

    Args:
      pieces: what tokens are in a text.
      level: what a token is.
      forbidden: tokens that are no text.
    """

    def __init__(self, pieces: Pieces, level: str, forbidden: tuple[int, ...]) -> None:
        self._pieces, self._level = pieces, level
        self._forbidden = forbidden

    def suggest(self, reading: Reading, text: Typed, k: int) -> list[Suggestion]:
        """The k most probable words, the most probable first.

        Args:
          reading: of `text.before`.
          text: what has been typed.
          k: 1 or more.
        """
        # Where tokens stand between blanks, blanks are no tokens.
        lead = " " if text.blank and self._level != "blank" else ""
        prefix = lead + text.partial
        if self._level in _WHOLE_LEVELS:
            found = self._whole_tokens(log_softmax(reading.logits), prefix, k)
        else:
            found = self._in_pieces(reading, prefix, k)
        return [Suggestion(word.strip(" "), float(np.exp(log)), bool(text.partial)) for word, log in found]

    def _whole_tokens(self, logs: Logs, prefix: str, k: int) -> list[tuple[str, float]]:
        candidates = self.beginning_with(prefix) if prefix else np.arange(len(self._pieces))
        candidates = candidates[(self._visible if not prefix.strip() else self._allowed)[candidates]]
        if not len(candidates):
            return []
        # Of what begins with what was typed, the shares; of all, the probabilities.
        if prefix.strip():
            logs = logs - np.logaddexp.reduce(logs[candidates])
        best = candidates[greatest(logs[candidates], k)] if k < len(candidates) else candidates
        ranked = sorted(best, key=lambda i: (-logs[i], i))
        return [(self._pieces.texts[i], float(logs[i])) for i in ranked]

    def beginning_with(self, prefix: str) -> npt.NDArray[np.intp]:
        """Tokens whose text begins with `prefix`."""
        texts, ids = self._sorted
        low = bisect.bisect_left(texts, prefix)
        high = bisect.bisect_left(texts, prefix + "\U0010ffff")
        return ids[low:high]

    @cached_property
    def _sorted(self) -> tuple[list[str], npt.NDArray[np.intp]]:
        order = sorted(range(len(self._pieces)), key=self._pieces.texts.__getitem__)
        return [self._pieces.texts[i] for i in order], np.array(order, np.intp)

    @cached_property
    def _allowed(self) -> npt.NDArray[np.bool_]:
        """By token."""
        allowed = np.ones(len(self._pieces), bool)
        allowed[list(self._forbidden)] = False
        return allowed

    @cached_property
    def _visible(self) -> npt.NDArray[np.bool_]:
        """By token: allowed, and not only white space."""
        visible: npt.NDArray[np.bool_] = np.array([bool(text.strip()) for text in self._pieces.texts])
        visible &= self._allowed
        return visible

    def _in_pieces(self, reading: Reading, prefix: str, k: int) -> list[tuple[str, float]]:
        """A beam search over tokens that agree with the prefix, each word up to where the next one may begin."""
        beams: list[tuple[float, str, Reading, Scores]] = [(0.0, "", reading.fork(), reading.logits)]
        found: dict[str, float] = {}
        for _ in range(_LONGEST):
            grown: list[tuple[float, str, int, Reading]] = []
            for total, word, state, logits in beams:
                logs = log_softmax(logits)
                if len(word) >= len(prefix) and word.strip():
                    ends = float(np.logaddexp.reduce(logs[self._boundary]))
                    found[word] = float(np.logaddexp(found.get(word, -np.inf), total + ends))
                grown += [(total + float(logs[t]), word, int(t), state) for t in self._next(word, prefix, logs)]
            grown.sort(key=lambda item: -item[0])
            worst = sorted(found.values(), reverse=True)[k - 1] if len(found) >= k else -np.inf
            grown = [item for item in grown[:_BEAMS] if item[0] > worst]
            if not grown:
                break
            beams = []
            for total, word, token, state in grown:
                own = state.fork()
                beams.append((total, word + self._pieces.texts[token], own, own.step(token)))
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:k]
        # Of what begins with what was typed, the shares among those found.
        whole = float(np.logaddexp.reduce(list(found.values()))) if prefix.strip() and found else 0.0
        return [(word, log - whole) for word, log in ranked]

    def _next(self, word: str, prefix: str, logs: Logs) -> npt.NDArray[np.intp]:
        """The best tokens that agree with the prefix and do not begin another word."""
        left = prefix[len(word) :]
        if left:
            agreeing = [self.beginning_with(left)]
            for size in range(1, len(left)):
                agreeing.append(self._exactly(left[:size]))
            ids = np.concatenate(agreeing)
        elif word:
            ids = np.setdiff1d(np.arange(len(self._pieces)), self._boundary)
        else:
            ids = np.arange(len(self._pieces))
        ids = ids[self._allowed[ids]]
        if not len(ids):
            return ids
        return ids[greatest(logs[ids], min(_BEAMS, len(ids)))]

    def _exactly(self, text: str) -> npt.NDArray[np.intp]:
        texts, ids = self._sorted
        return ids[bisect.bisect_left(texts, text) : bisect.bisect_right(texts, text)]

    @cached_property
    def _boundary(self) -> npt.NDArray[np.intp]:
        """Tokens that cannot go on a word."""
        texts = self._pieces.texts
        return np.array([i for i, text in enumerate(texts) if not text or not is_word_character(text[0])], np.intp)


def log_softmax(logits: Scores) -> Logs:
    """Natural logarithms of the probabilities, float64."""
    shifted = logits.astype(np.float64) - float(logits.max())
    logs: Logs = shifted - np.log(np.exp(shifted).sum())
    return logs
