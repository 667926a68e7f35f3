"""How sequences of different lengths are compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from edgernn.edge_runtime.decode.scorer import Scores

# From the log-probability, the number of tokens (the end counted) and the attention summed over them, [source].
Score = Callable[[float, int, "Scores | None"], float]
# A part of the source that got less attention than this in all counts as so much: its logarithm stays finite.
_LEAST_COVERAGE = 1e-6


def by_length(power: float) -> Score:
    """Log-probability divided by the length to this power; 0: as it is."""
    return lambda log_probability, length, coverage: float(log_probability / max(1, length) ** power)


def by_length_and_coverage(length_penalty: float, coverage_penalty: float) -> Score:
    """Equation 14 of Wu et al. 2016 ("Google's neural machine translation system").

    Args:
      length_penalty: alpha; 0: none, above: longer sequences.
      coverage_penalty: beta; 0: none, above: sequences that leave nothing of the source out.
    """

    def score(log_probability: float, length: int, coverage: Scores | None) -> float:
        normalized = log_probability / ((5.0 + length) / 6.0) ** length_penalty
        if coverage_penalty and coverage is not None:
            covered = np.clip(coverage.astype(np.float64), _LEAST_COVERAGE, 1.0)
            normalized += coverage_penalty * float(np.log(covered).sum())
        return float(normalized)

    return score
