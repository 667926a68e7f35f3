"""Whether all examples end in a punctuation mark, so that a model never learns where others end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from edgernn.edge_runtime.translate.reading.bitext import Pair

_PART = 0.95
_FULL_STOPS = ".\u3002\u0964\u06d4\u1362\u0589"


def closings(pairs: Sequence[Pair]) -> tuple[str, str]:
    """What closes a source for the model's sake, and what then closes its translation.

    Args:
      pairs: of the training split.

    Returns:
      The full stop that most sources end in and the one that most targets end in; two empty strings where some of
      either side (more than one in twenty) end in a letter or a digit, or none in a full stop.
    """
    source, target = _full_stop(pair.source for pair in pairs), _full_stop(pair.target for pair in pairs)
    return (source, target) if source and target else ("", "")


def _full_stop(texts: Iterable[str]) -> str:
    last = Counter(text.rstrip()[-1:] for text in texts)
    marked = sum(count for mark, count in last.items() if mark and not mark.isalnum())
    found = max(_FULL_STOPS, key=lambda mark: last[mark])
    return found if last[found] and marked >= _PART * last.total() else ""
