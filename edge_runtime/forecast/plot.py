"""A picture of forecasts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import write_bytes
from edgernn.edge_runtime.forecast.outcome import SeriesForecast

_MOST_PANELS = 12
_BLUE, _DARK = "#2a6fbb", "#333333"
_FORMATS = (".png", ".svg", ".pdf")


def draw(results: Sequence[SeriesForecast], periods: Sequence[int], path: Path) -> None:
    """Draws the end of each history, the middle forecast and both ranges, a panel a series (the first 12).

    Args:
      results: what was forecast.
      periods: values in a season, rising: some seasons of the past are shown.
      path: .png, .svg or .pdf.

    Raises:
      InputError: matplotlib is missing, or the file cannot be written.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"--plot {path}: name a file that ends in {', '.join(_FORMATS)}")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise InputError('--plot needs matplotlib: pip install "edgernn[forecast]"') from error
    shown = results[:_MOST_PANELS]
    columns = 1 if len(shown) < 3 else 2
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(9 if columns == 1 else 13, 0.6 + 3.4 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    for place, one in enumerate(shown):
        _panel(figure.add_subplot(rows, columns, place + 1), one, periods, place == 0)
    if len(results) > len(shown):
        figure.supxlabel(f"the first {len(shown)} of {len(results)} series")
    drawn = io.BytesIO()
    figure.savefig(drawn, format=path.suffix[1:].lower(), dpi=120)
    try:
        write_bytes(path, drawn.getvalue())
    except OSError as error:
        raise InputError(f"--plot {path}: {error.strerror or error}") from error


def _panel(axes: Any, one: SeriesForecast, periods: Sequence[int], with_legend: bool) -> None:
    steps = len(one.near.mean)
    past = one.history[-max(3 * steps, min(2 * periods[-1], 8 * steps), 24) :]
    before, ahead = np.arange(1 - len(past), 1), np.arange(1, steps + 1)
    axes.plot(before, past, color=_DARK, linewidth=1.2, label="history")
    axes.fill_between(ahead, one.wide.lower, one.wide.upper, color=_BLUE, alpha=0.15, linewidth=0, label="95 % range")
    axes.fill_between(ahead, one.near.lower, one.near.upper, color=_BLUE, alpha=0.3, linewidth=0, label="80 % range")
    axes.plot(ahead, one.near.mean, color=_BLUE, linewidth=1.8, label="forecast")
    axes.axvline(0.5, color=_DARK, linewidth=0.6, linestyle=":")
    # Dollars would begin a formula.
    axes.set_title((one.name or one.file).replace("$", r"\$"), fontsize=11)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    # The last value's time only where there is room for it beside the forecast's end.
    places = [1 - len(past), (1 - len(past)) // 2, *([0] if 4 * steps > len(past) else []), steps]
    axes.set_xticks(places)
    if one.label is None:
        axes.set_xlabel("steps; 0 is the last value", fontsize=9)
    else:
        axes.set_xticklabels([one.label(place) for place in places], fontsize=8)
    if with_legend:
        axes.legend(fontsize=8, loc="best", framealpha=0.8)
