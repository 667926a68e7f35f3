"""Leaves out pairs that are no translations, by rules that are stated, and counts what each leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from edgernn.edge_runtime.translate.reading.bitext import Pair

# Names and exclamations of up to so many words are often the same in two languages.
_SAME_WORDS = 2
_LONGEST_WORDS = 200
# The longer side may have so many times the characters of the shorter one, and some more.
_RATIO, _SPARE = 3, 10


@dataclass(frozen=True)
class Cleaned:
    """What is left.

    Attributes:
      pairs: in their order.
      left_out: number of pairs by the rule that left them out, each counted under the first that applies.
    """

    pairs: tuple[Pair, ...]
    left_out: dict[str, int]


def clean(pairs: Iterable[Pair]) -> Cleaned:
    """Applies the rules: `RULES`, in their order, then equal pairs after the first."""
    kept: list[Pair] = []
    left_out = dict.fromkeys([*RULES, "duplicate"], 0)
    seen: set[tuple[str, str]] = set()
    for pair in pairs:
        rule = next((name for name, applies in RULES.items() if applies(pair)), "")
        if not rule and (pair.source, pair.target) in seen:
            rule = "duplicate"
        if rule:
            left_out[rule] += 1
        else:
            seen.add((pair.source, pair.target))
            kept.append(pair)
    return Cleaned(tuple(kept), left_out)


def _empty(pair: Pair) -> bool:
    return not pair.source or not pair.target


def _too_long(pair: Pair) -> bool:
    return max(len(pair.source.split()), len(pair.target.split())) > _LONGEST_WORDS


def _identical(pair: Pair) -> bool:
    """Not translated."""
    return pair.source.casefold() == pair.target.casefold() and len(pair.source.split()) > _SAME_WORDS


def _uneven(pair: Pair) -> bool:
    shorter, longer = sorted((len(pair.source), len(pair.target)))
    return longer > _RATIO * shorter + _SPARE


RULES: dict[str, Callable[[Pair], bool]] = {
    "empty": _empty,
    "too long": _too_long,
    "identical": _identical,
    "length ratio": _uneven,
}
