"""Whether all examples end in a punctuation mark, so that a model never learns where others end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from edgernn.edge_runtime.translate.reading.bitext import Pair

_PART = 0.95


def closings(pairs: Sequence[Pair]) -> tuple[str, str]:
    """What closes a source for the model's sake, and what then closes its translation.

    Args:
      pairs: of the training split.

    Returns:
      The mark that most sources end in and the one that most targets end in; two empty strings where some of either
      side (more than one in twenty) end in a letter or a digit.
    """
    source, target = _mark(pair.source for pair in pairs), _mark(pair.target for pair in pairs)
    return (source, target) if source and target else ("", "")


def _mark(texts: Iterable[str]) -> str:
    """The commonest last character, or none where too many end in no mark."""
    last = Counter(text.rstrip()[-1:] for text in texts)
    marks = {mark: count for mark, count in last.items() if mark and not mark.isalnum()}
    if not marks or sum(marks.values()) < _PART * last.total():
        return ""
    return max(marks, key=marks.__getitem__)
