"""Whether one method forecasts better than another, or chance explains the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.forecast.history import Values
from edgernn.edge_runtime.forecast.measure import absolute_error, forecasts_by, methods_of
from edgernn.edge_runtime.forecast.split import Case
from edgernn.edge_runtime.spec.forecast import ForecastSpec

_SIGNIFICANT = 0.05
# With more degrees of freedom Student's distribution is the normal one, to four digits.
_NORMAL = 2000
# Points of the integral of Student's distribution.
_POINTS = 20001
_VERDICTS = {"better": "better than", "worse": "worse than", "no difference": "not distinguishable from"}
# Fewer differences say nothing.
_LEAST = 8


@dataclass(frozen=True)
class DieboldMariano:
    """A model's forecasts against another method's.

    Attributes:
      error_ratio: the model's mean absolute error by the other's: less than 1 is better.
      origins: independent differences that the test rests on: the origins in time, or where every series has but one,
        the series.
      statistic: negative where the model is better; not-a-number where there are fewer than 8 differences.
      p_value: of so great a difference by chance, two-sided; likewise.
      verdict: "better" or "worse" at 5 %, else "no difference".
    """

    error_ratio: float
    origins: int
    statistic: float
    p_value: float
    verdict: Literal["better", "worse", "no difference"]


def compare_with_classical(
    cases: Sequence[Case], quantiles: Sequence[Values], spec: ForecastSpec
) -> dict[str, DieboldMariano]:
    """The middle forecasts against each classical method ("naive" is the random walk)."""
    middle = spec.quantiles.index(0.5)
    own = np.array([absolute_error(c, f[:, middle]) for c, f in zip(cases, quantiles, strict=True)])
    found = {}
    for name, method in methods_of(spec).items():
        forecasts = forecasts_by(method, cases, spec)
        other = np.array([absolute_error(c, f) for c, f in zip(cases, forecasts, strict=True)])
        found[name] = diebold_mariano(own, other, np.array([case.left for case in cases]))
    return found


def diebold_mariano(own: Values, other: Values, left: npt.NDArray[np.int64]) -> DieboldMariano:
    """The test of Diebold and Mariano (1995) with the correction of Harvey, Leybourne and Newbold (1997).

    Errors of several series from one origin are averaged first, as they are not independent. Origins lie a whole
    horizon apart, so that their differences do not overlap.

    Args:
      own: float64 [n], mean absolute errors of the model, a case each.
      other: likewise of the other method.
      left: int [n], values from the origin to the end of the series.
    """
    ratio = float(own.mean() / other.mean()) if other.mean() > 0 else float("nan")
    difference = own - other
    origins, places = np.unique(left, return_inverse=True)
    if len(origins) > 1:
        difference = np.bincount(places, difference) / np.bincount(places)
    count = len(difference)
    variance = float(difference.var())
    if count < _LEAST or variance <= 0.0:
        return DieboldMariano(ratio, count, float("nan"), float("nan"), "no difference")
    # Harvey, Leybourne and Newbold for one step: sqrt((n - 1) / n).
    statistic = float(difference.mean() / np.sqrt(variance / count) * np.sqrt((count - 1) / count))
    p_value = student_p_value(statistic, count - 1)
    verdict = "no difference" if p_value > _SIGNIFICANT else "better" if statistic < 0 else "worse"
    return DieboldMariano(ratio, count, statistic, p_value, verdict)  # type: ignore[arg-type]


def student_p_value(statistic: float, degrees: int) -> float:
    """Two-sided probability of Student's distribution beyond a value."""
    if degrees > _NORMAL:
        return math.erfc(abs(statistic) / math.sqrt(2))
    # With t = sqrt(degrees) * tan(angle) the density is cos(angle) ** (degrees - 1).
    angles = np.linspace(0.0, np.pi / 2, _POINTS)
    density = np.cos(angles) ** (degrees - 1)
    areas = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    start = float(np.arctan(abs(statistic) / np.sqrt(degrees)))
    return float(1.0 - np.interp(start, angles, areas) / areas[-1])


def sentence(name: str, test: DieboldMariano) -> str:
    """For people: who is better, and how sure that is."""
    method = "the random walk" if name == "naive" else name
    if np.isnan(test.p_value):
        return f"against {method}: {test.error_ratio:.3f} of its error; too few origins to test ({test.origins})"
    return (
        f"{_VERDICTS[test.verdict]} {method}: {test.error_ratio:.3f} of its error "
        f"(Diebold-Mariano {test.statistic:+.2f} over {test.origins} origins, {_probability(test.p_value)})"
    )


def _probability(value: float) -> str:
    return f"p {value:.3f}" if value >= 0.001 else "p < 0.001"
