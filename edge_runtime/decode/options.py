"""How to choose the next token, and when to end."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edgernn.edge_runtime.errors import InputError

MOST_TOKENS = 1_000_000
MOST_BEAMS = 64


@dataclass(frozen=True)
class DecodeOptions:
    """Settings of a generation; the defaults sample, within reason.

    The steps come in this order: repetition penalty, temperature, top-k, top-p, min-p; what is left is drawn from in
    proportion to its probability. With more than one beam nothing is drawn.

    Attributes:
      max_tokens: tokens to generate at most.
      max_seconds: seconds that it may take at most; None: no limit.
      temperature: logits are divided by it; 0: always the most probable token.
      top_k: only the k most probable tokens (of equal ones those with the lower ids); 0: all.
      top_p: only the smallest set of the most probable tokens whose probabilities add up to p (nucleus sampling,
        Holtzman et al. 2020); 1: all.
      min_p: only tokens with at least so many times the greatest probability; 0: all.
      repetition_penalty: positive logits of tokens that have come are divided by it, negative ones multiplied
        (Keskar et al. 2019); 1: none.
      beams: hypotheses of a beam search; 1: none.
      length_penalty: a hypothesis' log-probability is divided by its length to this power.
      stop: texts before which generation ends.
      seed: of the draws; the same seed gives the same text. None: another one each time.
    """

    max_tokens: int = 50
    max_seconds: float | None = None
    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    beams: int = 1
    length_penalty: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        """Raises InputError naming every value that is out of its range."""
        faults = [
            f"{name} must lie between {low:g} and {high:g}, not {getattr(self, name)}"
            for name, (low, high) in _RANGES.items()
            if not _within(getattr(self, name), low, high)
        ]
        faults += [
            f"{name} must be a whole number, not {getattr(self, name)}"
            for name in ("max_tokens", "top_k", "beams")
            if not isinstance(getattr(self, name), int)
        ]
        if self.max_seconds is not None and not _within(self.max_seconds, 0.0, math.inf):
            faults.append(f"max_seconds must be 0 or more, not {self.max_seconds}")
        if not isinstance(self.stop, tuple) or not all(isinstance(text, str) and text for text in self.stop):
            faults.append("stop must be a tuple of texts, none of them empty")
        if self.seed is not None and not (isinstance(self.seed, int) and self.seed >= 0):
            faults.append(f"seed must be a whole number, 0 or more, not {self.seed}")
        if faults:
            raise InputError("; ".join(faults))


_RANGES: dict[str, tuple[float, float]] = {
    "max_tokens": (0, MOST_TOKENS),
    "temperature": (0.0, 100.0),
    "top_k": (0, 1_000_000_000),
    "top_p": (0.0, 1.0),
    "min_p": (0.0, 1.0),
    "repetition_penalty": (0.01, 100.0),
    "beams": (1, MOST_BEAMS),
    "length_penalty": (-10.0, 10.0),
}


def _within(value: object, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
