"""What a user writes, learnt on the device without training: a personal n-gram model mixed with the network.

The mixture is that of cache language models (Kuhn and De Mori 1990), with Witten-Bell smoothing (1991) between orders.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.decode.scorer import Scores
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import write_bytes

_FORMAT = 1
_ORDER = 3
# The user's own words count for at most so much, and without a known context for a part of it.
_MOST, _WITHOUT_CONTEXT = 0.4, 0.15
# Contexts beyond this are forgotten, those seen least first: the file stays below some megabytes.
_CONTEXTS = 50_000

Context = tuple[int, ...]


class Adaptation:
    """Counts of what followed what in a user's texts.

    Args:
      tokenizer: SHA-256 of the tokenizer that numbers the tokens, 64 hexadecimal digits.
      vocabulary: number of tokens.
    """

    def __init__(self, tokenizer: str, vocabulary: int) -> None:
        self._tokenizer, self._vocabulary = tokenizer, vocabulary
        self._counts: dict[Context, dict[int, int]] = {}

    def __len__(self) -> int:
        """Tokens learnt from."""
        return sum(self._counts.get((), {}).values())

    def learn(self, tokens: Sequence[int]) -> None:
        """Takes a text in.

        Args:
          tokens: of the whole text, the one that every text begins after at their head.
        """
        for place in range(1, len(tokens)):
            for size in range(min(_ORDER, place + 1)):
                context = tuple(tokens[place - size : place])
                following = self._counts.setdefault(context, {})
                following[tokens[place]] = following.get(tokens[place], 0) + 1
        if len(self._counts) > _CONTEXTS:
            self._prune()

    def clear(self) -> None:
        """Forgets everything."""
        self._counts.clear()

    def mix(self, logits: Scores, tokens: Sequence[int]) -> Scores:
        """Logarithms of the mixture's probabilities, float32 [vocabulary].

        Args:
          logits: the network's, float32 [vocabulary].
          tokens: so far.
        """
        contexts = [tuple(tokens[len(tokens) - size :]) for size in range(min(_ORDER, len(tokens) + 1))]
        known = [self._counts[context] for context in contexts if context in self._counts]
        if not known:
            return logits
        probabilities = np.exp(logits.astype(np.float64) - float(logits.max()))
        probabilities /= probabilities.sum()
        share = _share(known)
        probabilities *= 1.0 - share
        for token, probability in _witten_bell(known).items():
            probabilities[token] += share * probability
        mixed: Scores = np.log(np.maximum(probabilities, 1e-30)).astype(np.float32)
        return mixed

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the counts as JSON, whole or not at all."""
        counts = {" ".join(map(str, context)): following for context, following in self._counts.items()}
        document = {"format": _FORMAT, "tokenizer": self._tokenizer, "counts": counts}
        write_bytes(path, json.dumps(document, separators=(",", ":")).encode("ascii"))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Takes over the counts of a file that `save` wrote.

        Raises:
          InputError: it cannot be read, or belongs to another tokenizer. The counts are then as before.
        """
        try:
            document = json.loads(Path(path).read_bytes())
            tokenizer, counts = document["tokenizer"], _parsed(document, self._vocabulary)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: no memory of a language model ({error!r}): remove it to begin anew") from error
        if tokenizer != self._tokenizer:
            raise InputError(f"{path}: was learnt with another model's tokens: give each model a file of its own")
        self._counts = counts

    def _prune(self) -> None:
        ranked = sorted(self._counts, key=lambda context: (len(context), -sum(self._counts[context].values())))
        for context in ranked[_CONTEXTS // 2 :]:
            del self._counts[context]


def _parsed(document: dict[str, Any], vocabulary: int) -> dict[Context, dict[int, int]]:
    if document["format"] != _FORMAT:
        raise ValueError(f"format {document['format']}")
    counts = {
        tuple(int(token) for token in context.split()): {int(t): int(count) for t, count in following.items()}
        for context, following in document["counts"].items()
    }
    for following in counts.values():
        if any(not 0 <= token < vocabulary or count < 1 for token, count in following.items()):
            raise ValueError("a token or a count is out of its range")
    return counts


def _share(known: list[dict[int, int]]) -> float:
    """How much the personal model counts: the more, the more often the longest known context was seen."""
    if len(known) == 1:
        return _MOST * _WITHOUT_CONTEXT
    seen, kinds = sum(known[-1].values()), len(known[-1])
    return _MOST * max(seen / (seen + kinds), _WITHOUT_CONTEXT)


def _witten_bell(known: list[dict[int, int]]) -> dict[int, float]:
    """Probabilities by token, from the shortest context to the longest."""
    total = sum(known[0].values())
    found = {token: count / total for token, count in known[0].items()}
    for following in known[1:]:
        seen, kinds = sum(following.values()), len(following)
        found = {token: kinds / (seen + kinds) * probability for token, probability in found.items()}
        for token, count in following.items():
            found[token] = found.get(token, 0.0) + count / (seen + kinds)
    return found
