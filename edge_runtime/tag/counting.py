"""Precision, recall and F1 by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

# A label, and what tells it apart from others of its sentence.
Item = tuple[str, Hashable]


@dataclass(frozen=True)
class LabelScore:
    """How well a label is found.

    Attributes:
      precision: part of those found that are right; 0 where none is found.
      recall: part of the true ones that are found; 0 where there is none.
      f1: harmonic mean of both.
      support: number of true ones.
    """

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Counted:
    """Scores of all labels.

    Attributes:
      micro: over all labels together.
      labels: by label, sorted.
    """

    micro: LabelScore
    labels: dict[str, LabelScore]


def counted(pairs: Iterable[tuple[set[Item], set[Item]]]) -> Counted:
    """Compares what is true with what is found.

    Args:
      pairs: of each sentence the true items and those found.
    """
    right: Counter[str] = Counter()
    true: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for expected, given in pairs:
        right.update(label for label, _ in expected & given)
        true.update(label for label, _ in expected)
        found.update(label for label, _ in given)
    labels = {label: _score(right[label], true[label], found[label]) for label in sorted({*true, *found})}
    return Counted(_score(right.total(), true.total(), found.total()), labels)


def _score(right: int, true: int, found: int) -> LabelScore:
    f1 = 2 * right / (true + found) if true + found else 0.0
    return LabelScore(right / found if found else 0.0, right / true if true else 0.0, f1, true)
