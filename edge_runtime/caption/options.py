"""How to caption."""

from __future__ import annotations

from dataclasses import dataclass

from edgernn.edge_runtime.decode.options import MOST_BEAMS, MOST_TOKENS
from edgernn.edge_runtime.decode.settings import check_settings


@dataclass(frozen=True)
class CaptionOptions:
    """Settings of a caption.

    Attributes:
      beams: hypotheses of the beam search; 1: always the likeliest token.
      n_best: captions to give, at most as many as there are beams.
      length_penalty: alpha of Wu et al. 2016; above 0: longer captions. At 2 captions of 4 to 10 tokens are compared by
        about the mean log-probability of a token; less says of small data's pictures too little.
      max_tokens: of a caption, its end counted; None: as many as the bundle says.
      max_seconds: that writing may take, or None; what has been found by then is the caption.
      attention: whether to tell where each word looked.
    """

    beams: int = 3
    n_best: int = 1
    length_penalty: float = 2.0
    max_tokens: int | None = None
    max_seconds: float | None = None
    attention: bool = False

    def __post_init__(self) -> None:
        """Raises InputError naming every value that is out of its range."""
        whole = _WHOLE if self.max_tokens is None else {**_WHOLE, "max_tokens": (1, MOST_TOKENS)}
        check_settings(self, whole, {"length_penalty": (0.0, 10.0)})


_WHOLE = {"beams": (1, MOST_BEAMS), "n_best": (1, MOST_BEAMS)}
