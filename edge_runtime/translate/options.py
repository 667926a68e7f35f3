"""How to translate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgernn.edge_runtime.decode.options import MOST_BEAMS, MOST_TOKENS
from edgernn.edge_runtime.decode.settings import check_settings, settings_as


@dataclass(frozen=True)
class TranslationOptions:
    """Settings of a translation.

    Attributes:
      beams: hypotheses of the beam search; 1: always the likeliest token.
      n_best: translations to give, at most as many as there are beams.
      length_penalty: alpha of Wu et al. 2016; above 0: longer translations.
      coverage_penalty: beta of Wu et al. 2016; above 0: nothing of the source left out.
      max_tokens: of a sentence's translation.
      max_ratio: a sentence's translation may have so many times the source's tokens, and ten more.
      max_seconds: that a sentence may take, or None; what has been found by then is the translation.
      alignment: whether to tell which words of the source each word came from.
    """

    beams: int = 4
    n_best: int = 1
    length_penalty: float = 0.6
    coverage_penalty: float = 0.0
    max_tokens: int = 500
    max_ratio: float = 2.0
    max_seconds: float | None = None
    alignment: bool = False

    def __post_init__(self) -> None:
        """Raises InputError naming every value that is out of its range."""
        check_settings(self, _WHOLE, _RANGES)


_WHOLE = {"beams": (1, MOST_BEAMS), "n_best": (1, MOST_BEAMS), "max_tokens": (1, MOST_TOKENS)}
_RANGES = {"length_penalty": (0.0, 10.0), "coverage_penalty": (0.0, 10.0), "max_ratio": (0.1, 1000.0)}


def options_from(settings: Mapping[str, object]) -> TranslationOptions:
    """The options that these settings make.

    Raises:
      InputError: a setting is unknown or out of its range.
    """
    return settings_as(TranslationOptions, settings)
