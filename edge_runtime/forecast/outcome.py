"""A series' forecast with what is needed to print and draw it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.forecast.history import Values

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.forecast import Forecast


@dataclass(frozen=True)
class SeriesForecast:
    """One series of a file, forecast.

    Attributes:
      file: that it is from.
      name: of the series; "" where the file gives none.
      history: float64 [n], not-a-number where a value is missing.
      label: the time of a step, 0 being the last value's; None where the file has no times.
      near: with the narrower range.
      wide: with the wider one.
      notes: what was found in the file.
    """

    file: str
    name: str
    history: Values
    label: Callable[[int], str] | None
    near: Forecast
    wide: Forecast
    notes: tuple[str, ...]

    @property
    def times(self) -> list[str]:
        """Of the steps ahead; their numbers where the file has no times."""
        return [self.label(n) if self.label else str(n) for n in range(1, len(self.near.mean) + 1)]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        ranges = {
            f"{end}_{100 * forecast.coverage:g}": getattr(forecast, end).tolist()
            for forecast in (self.near, self.wide)
            for end in ("lower", "upper")
        }
        return {
            "file": self.file,
            "series": self.name,
            "times": self.times,
            "mean": self.near.mean.tolist(),
            "lower": self.near.lower.tolist(),
            "upper": self.near.upper.tolist(),
            "coverage": self.near.coverage,
            **ranges,
            "flags": list(self.near.flags),
            "notes": list(self.notes),
        }
