"""Small plots as SVG: curves, and a confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from edgernn.convert.report.html import escape

_COLOURS = ("var(--accent)", "var(--second)", "#15803d", "#7c3aed")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 560, 280, 56, 36, 30, 14


def line_plot(title: str, series: Mapping[str, Sequence[tuple[float, float]]], x_label: str) -> str:
    """Curves through points (x, y); the axes show least and greatest value. Points that are not finite are left out."""
    curves = {name: [p for p in points if math.isfinite(p[1])] for name, points in series.items()}
    points = [point for curve in curves.values() for point in curve]
    if not points:
        return ""
    area = _Area(
        min(x for x, _ in points), max(x for x, _ in points), min(y for _, y in points), max(y for _, y in points)
    )
    parts = [_frame(title, area, x_label)]
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(f"{area.across(x):.1f},{area.up(y):.1f}" for x, y in curve)
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>')
        if len(curve) == 1:
            x, y = area.across(curve[0][0]), area.up(curve[0][1])
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        # The legend has a row of its own above the curves.
        left = _LEFT + 8 + 130 * number
        parts.append(f'<rect x="{left}" y="8" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{left + 20}" y="14">{escape(name)}</text>')
    return _svg(title, _WIDTH, _HEIGHT, parts)


def numbered(values: Sequence[float]) -> list[tuple[float, float]]:
    """Points over 1, 2, 3, ..."""
    return [(float(number), value) for number, value in enumerate(values, 1)]


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


@dataclass(frozen=True)
class _Area:
    """The ranges that the axes show."""

    left: float
    right: float
    low: float
    high: float

    def across(self, x: float) -> float:
        part = (x - self.left) / ((self.right - self.left) or 1.0)
        return _LEFT + 8 + (_WIDTH - _LEFT - _RIGHT - 16) * part

    def up(self, y: float) -> float:
        part = (y - self.low) / ((self.high - self.low) or 1.0)
        return _HEIGHT - _BOTTOM - 8 - (_HEIGHT - _BOTTOM - _TOP - 16) * part


def _frame(title: str, area: _Area, x_label: str) -> str:
    bottom = _HEIGHT - _BOTTOM
    return (
        f'<line x1="{_LEFT}" y1="{bottom}" x2="{_WIDTH - _RIGHT}" y2="{bottom}" stroke="var(--line)"/>'
        f'<line x1="{_LEFT}" y1="{_TOP}" x2="{_LEFT}" y2="{bottom}" stroke="var(--line)"/>'
        f'<text x="{_LEFT - 6}" y="{_TOP + 10}" text-anchor="end">{area.high:.3g}</text>'
        f'<text x="{_LEFT - 6}" y="{bottom}" text-anchor="end">{area.low:.3g}</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 18}">{area.left:g}</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 18}" text-anchor="end">{area.right:g}</text>'
        f'<text x="{(_LEFT + _WIDTH) / 2}" y="{_HEIGHT - 4}" text-anchor="middle">'
        f"{escape(title)}, by {escape(x_label)}</text>"
    )


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {height}" width="{width}">'
        + "".join(parts)
        + "</svg>"
    )
