"""What people wrote, as scorers take it."""

from __future__ import annotations

from collections.abc import Sequence


def as_streams(references: Sequence[Sequence[str]]) -> list[list[str | None]]:
    """As sacrebleu takes them: the first reference of each text, the second of each that has one, and so on.

    Args:
      references: of each text, one or more.
    """
    most = max(len(one) for one in references)
    return [[one[number] if number < len(one) else None for one in references] for number in range(most)]
