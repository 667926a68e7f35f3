"""Interpolated modified Kneser-Ney n-grams (Chen and Goodman 1999): what a keyboard did before networks.

    python benchmarks/lm/kneser_ney.py --vocab-size 10000        (two minutes on 2 cores, 2 GB)

Trained on the training part of WikiText-2, measured on its test part with the same tokens as the networks.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from edgernn.edge_runtime.lm.corpus import open_corpus
from edgernn.train.lm.options import PRESETS
from edgernn.train.lm.prepare import prepare

Counts = dict[int, dict[int, int]]


class KneserNey:
    """An n-gram model.

    Args:
      ids: the training text.
      vocabulary: number of tokens.
      order: tokens of the longest n-gram.
    """

    def __init__(self, ids: list[int], vocabulary: int, order: int) -> None:
        self.vocabulary, self.order = vocabulary, order
        self._counts = [self._adjusted(ids, size) for size in range(order)]
        self._discounts = [_discounts(counts) for counts in self._counts]
        self._backoffs = [self._backoff(size) for size in range(order)]
        self._best: dict[tuple[int, int], tuple[int, float]] = {}

    def _adjusted(self, ids: list[int], size: int) -> Counts:
        """Counts of the longest n-grams; of shorter ones in how many contexts they occur."""
        longest = size == self.order - 1
        reach = size if longest else size + 1
        seen: dict[int, dict[int, int]] = defaultdict(dict)
        key, before = 0, self.vocabulary**reach
        kept: set[int] = set()
        for place, token in enumerate(ids):
            if place >= reach:
                if longest:
                    following = seen[key]
                    following[token] = following.get(token, 0) + 1
                else:
                    whole = key * self.vocabulary + token
                    if whole not in kept:
                        kept.add(whole)
                        following = seen[key % self.vocabulary**size]
                        following[token] = following.get(token, 0) + 1
            key = (key * self.vocabulary + token) % before if reach else 0
        return dict(seen)

    def _backoff(self, size: int) -> dict[int, tuple[int, float]]:
        """By context: the sum of its counts, and the mass that is left to shorter ones."""
        one, two, more = self._discounts[size]
        found = {}
        for context, following in self._counts[size].items():
            values = list(following.values())
            total = sum(values)
            ones, twos = values.count(1), values.count(2)
            left = one * ones + two * twos + more * (len(values) - ones - twos)
            found[context] = (total, left / total)
        return found

    def probability(self, context: tuple[int, ...], token: int) -> float:
        """Of a token after a context of at most order - 1 tokens."""
        probability = 1.0 / self.vocabulary
        for size in range(min(len(context), self.order - 1) + 1):
            key = self._key(context, size)
            if key not in self._backoffs[size]:
                continue
            total, left = self._backoffs[size][key]
            probability = self._own(size, self._counts[size][key].get(token, 0), total) + left * probability
        return probability

    def best(self, context: tuple[int, ...]) -> int:
        """The most probable token after a context; the unknown one is as good as any other here."""
        return self._best_of(context, min(len(context), self.order - 1))[0]

    def _best_of(self, context: tuple[int, ...], size: int) -> tuple[int, float]:
        if size < 0:
            return 0, 1.0 / self.vocabulary
        key = (size, self._key(context, size))
        if key in self._best:
            return self._best[key]
        found = self._best_of(context, size - 1)
        if key[1] in self._backoffs[size]:
            # Of what was not seen after this context, that which is best after the shorter one is the best.
            total, left = self._backoffs[size][key[1]]
            found = (found[0], self.probability(context[len(context) - size :], found[0]))
            for token, count in self._counts[size][key[1]].items():
                if self._own(size, count, total) + left > found[1]:
                    probability = self.probability(context[len(context) - size :], token)
                    if probability > found[1]:
                        found = (token, probability)
        self._best[key] = found
        return found

    def _own(self, size: int, count: int, total: int) -> float:
        return (count - self._discounts[size][min(count, 3) - 1]) / total if count else 0.0

    def _key(self, context: tuple[int, ...], size: int) -> int:
        key = 0
        for token in context[len(context) - size :]:
            key = key * self.vocabulary + token
        return key


def _discounts(counts: Counts) -> tuple[float, float, float]:
    """By how much n-grams seen once, twice and more often are discounted."""
    of = [0] * 5
    for following in counts.values():
        for count in following.values():
            if count <= 4:
                of[count] += 1
    if not all(of[1:]):
        return 0.5, 0.75, 0.9
    y = of[1] / (of[1] + 2 * of[2])
    return 1 - 2 * y * of[2] / of[1], 2 - 3 * y * of[3] / of[2], 3 - 4 * y * of[4] / of[3]


def measure(vocab_size: int, order: int) -> dict[str, float]:
    """Perplexity and recall of the most probable token on the test part."""
    with tempfile.TemporaryDirectory() as folder:
        options = replace(PRESETS["keyboard"], vocab_size=vocab_size)
        prepared = prepare(open_corpus("wikitext-2"), options, Path(folder))
        train, test = (np.asarray(prepared.splits[name]).tolist() for name in ("train", "test"))
    model = KneserNey(train, prepared.vocabulary, order)
    nats, hits = 0.0, 0
    for place in range(1, len(test)):
        context = tuple(test[max(0, place - order + 1) : place])
        nats -= math.log(model.probability(context, test[place]))
        hits += model.best(context) == test[place]
    return {"perplexity": math.exp(nats / (len(test) - 1)), "recall_1": hits / (len(test) - 1)}


def main() -> None:
    """Trains and measures."""
    parser = argparse.ArgumentParser(description="Kneser-Ney n-grams on WikiText-2.")
    parser.add_argument("--vocab-size", type=int, default=10_000)
    parser.add_argument("--orders", type=int, nargs="+", default=[3, 4, 5])
    options = parser.parse_args()
    print(json.dumps({order: measure(options.vocab_size, order) for order in options.orders}, indent=1))


if __name__ == "__main__":
    main()
