"""Tells people which lines of their file were left out."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.edge_runtime.examples.types import BadLine

# More than this many ranges for one reason tells nobody more.
_MAX_RANGES = 100


def describe_bad_lines(lines: Sequence[BadLine]) -> list[str]:
    """One sentence a reason: "lines 3, 7-9 left out: empty text"."""
    by_reason: dict[str, list[int]] = {}
    for line in sorted(lines, key=lambda line: line.number):
        by_reason.setdefault(line.reason, []).append(line.number)
    return [_sentence(numbers, reason) for reason, numbers in by_reason.items()]


def _sentence(numbers: list[int], reason: str) -> str:
    ranges = _ranges(numbers)
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges[:_MAX_RANGES])
    more = f", ... ({len(numbers)} lines in all)" if len(ranges) > _MAX_RANGES else ""
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{more} left out: {reason}"


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
