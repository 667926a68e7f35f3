"""Removes duplicates and divides examples. The division depends on the set of texts and the seed alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.types import Example, Table
from edgernn.edge_runtime.spec.data import SplitSpec


def deduplicate(examples: Sequence[Example]) -> tuple[list[Example], int]:
    """Keeps the first of each group of equal texts (white space and case aside), whatever the others' labels.

    Returns:
      The examples that are left, in their order, and how many were removed.
    """
    seen: set[str] = set()
    kept = []
    for example in examples:
        key = " ".join(example.text.split()).casefold()
        if key not in seen:
            seen.add(key)
            kept.append(example)
    return kept, len(examples) - len(kept)


def stratified_split(
    examples: Iterable[Example], fractions: Mapping[str, float], seed: int
) -> dict[str, list[Example]]:
    """Divides each class by the same fractions.

    In each class the examples are ranked by SHA-256 of "seed:text", and the ranking is cut: a text's place
    depends on nothing that a file's order could change. Each split gets at least one example of each class.

    Args:
      examples: without duplicates.
      fractions: part of each class by split name; they add up to 1.
      seed: any whole number.

    Raises:
      InputError: a class has fewer examples than there are splits.
    """
    classes: dict[str, list[Example]] = {}
    for example in examples:
        classes.setdefault(example.label, []).append(example)
    small = [f"{label!r} has {len(members)}" for label, members in classes.items() if len(members) < len(fractions)]
    if small:
        raise InputError(
            f"too few examples to divide into {', '.join(fractions)}: {'; '.join(sorted(small)[:5])}: "
            f"add some, or remove the label (each needs {len(fractions)} or more)"
        )
    splits: dict[str, list[Example]] = {name: [] for name in fractions}
    for label in sorted(classes):
        ranked = sorted(classes[label], key=lambda example: _rank(example.text, seed))
        start = 0
        for name, count in _counts(len(ranked), fractions).items():
            splits[name].extend(ranked[start : start + count])
            start += count
    return splits


def test_split(table: Table, split: SplitSpec) -> list[Example]:
    """The test part of a table, divided again as `split` records."""
    kept, _ = deduplicate(table.examples)
    return stratified_split(kept, split.fractions, split.seed)["test"]


# pytest takes a function of this name for a test wherever it is imported.
test_split.__test__ = False  # type: ignore[attr-defined]


def _rank(text: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{text}".encode("utf-8", "surrogatepass")).digest()


def _counts(total: int, fractions: Mapping[str, float]) -> dict[str, int]:
    """Rounded shares, each at least 1; the greatest share takes what rounding leaves."""
    counts = {name: max(1, round(total * fraction)) for name, fraction in fractions.items()}
    greatest = max(counts, key=lambda name: counts[name])
    counts[greatest] += total - sum(counts.values())
    return counts
