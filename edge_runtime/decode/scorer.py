"""What decoding asks of a model."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


class Scorer(Protocol):
    """A sequence that is being generated."""

    def step(self, token: int) -> Scores:
        """Takes a token in.

        Returns:
          Logits of the tokens that may follow, float32 [vocabulary]; the caller may change them.
        """

    def fork(self) -> Scorer:
        """The same sequence, once more."""
