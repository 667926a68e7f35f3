"""How many spans and labels are right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edgernn.edge_runtime.tag.schemes import Scheme, spans_of


def figure_of(pairs: Iterable[tuple[Sequence[str], Sequence[str]]], scheme: Scheme) -> float:
    """F1 of whole spans over all labels (conlleval's FB1); where there is no scheme, the part of labels that are right.

    Args:
      pairs: of each sentence the true labels and those found.
      scheme: of the labels.

    Returns:
      0 to 1.
    """
    right = true = found = 0
    for expected, given in pairs:
        if scheme == "none":
            right += sum(a == b for a, b in zip(expected, given, strict=True))
            true += len(expected)
            found += len(expected)
        else:
            one, other = set(spans_of(expected)), set(spans_of(given))
            right += len(one & other)
            true += len(one)
            found += len(other)
    return 2 * right / (true + found) if true + found else 1.0
