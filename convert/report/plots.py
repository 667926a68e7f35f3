"""Small plots as SVG: lines over a count, and a confusion matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edgernn.convert.report.html import escape

_COLOURS = ("var(--accent)", "var(--second)", "#15803d", "#7c3aed")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 560, 280, 56, 36, 30, 14


def line_plot(title: str, series: Mapping[str, Sequence[float]], x_label: str) -> str:
    """Curves over 1, 2, 3, ...; an axis that shows least and greatest value."""
    values = [value for curve in series.values() for value in curve]
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    count = max(len(curve) for curve in series.values())
    parts = [_frame(title, low, high, count, x_label)]
    for number, (name, curve) in enumerate(series.items()):
        points = " ".join(f"{_x(i, count):.1f},{_y((v - low) / span):.1f}" for i, v in enumerate(curve))
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        if len(curve) == 1:
            parts.append(
                f'<circle cx="{_x(0, count):.1f}" cy="{_y((curve[0] - low) / span):.1f}" r="3" fill="{colour}"/>'
            )
        # The legend has a row of its own above the curves.
        x = _LEFT + 8 + 130 * number
        parts.append(f'<rect x="{x}" y="8" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 20}" y="14">{escape(name)}</text>')
    return _svg(title, _WIDTH, _HEIGHT, parts)


def confusion_plot(title: str, labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """True labels down, predicted labels across; the shade is the part of the row."""
    cell, left, top = 72, 130, 54
    width, height = left + cell * len(labels) + 10, top + cell * len(labels) + 10
    parts = [f'<text x="{left}" y="16">predicted</text><text x="4" y="{top - 8}">true</text>']
    for i, label in enumerate(labels):
        short = escape(label if len(label) <= 12 else label[:11] + "\u2026")
        parts.append(f'<text x="{left + cell * i + cell / 2}" y="{top - 10}" text-anchor="middle">{short}</text>')
        parts.append(f'<text x="{left - 8}" y="{top + cell * i + cell / 2 + 4}" text-anchor="end">{short}</text>')
        total = sum(counts[i]) or 1
        parts.extend(_cell(left + cell * j, top + cell * i, cell, n, n / total) for j, n in enumerate(counts[i]))
    return _svg(title, width, height, parts)


def _cell(x: float, y: float, size: int, count: int, part: float) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{size - 3}" height="{size - 3}" rx="4" fill="var(--accent)" '
        f'fill-opacity="{0.06 + 0.6 * part:.2f}"/>'
        f'<text x="{x + size / 2 - 1}" y="{y + size / 2 + 4}" text-anchor="middle">{count}</text>'
    )


def _frame(title: str, low: float, high: float, count: int, x_label: str) -> str:
    bottom = _HEIGHT - _BOTTOM
    return (
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_WIDTH - _RIGHT}" y2="{bottom}" stroke="var(--line)"/>'
        f'<line x1="{_LEFT}" y1="{_TOP}" x2="{_LEFT}" y2="{bottom}" stroke="var(--line)"/>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 10}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">{low:.3g}</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 18}">1</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 18}" text-anchor="end">{count}</text>'
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 4}" text-anchor="middle">'
        f"{escape(title)}, by {escape(x_label)}</text>"
    )


def _x(index: int, count: int) -> float:
    return _LEFT + 8 + (_WIDTH - _LEFT - _RIGHT - 16) * index / max(count - 1, 1)


def _y(part: float) -> float:
    return _HEIGHT - _BOTTOM - 8 - (_HEIGHT - _BOTTOM - _TOP - 16) * part


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {height}" width="{width}">'
        + "".join(parts)
        + "</svg>"
    )
