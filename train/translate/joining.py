"""Long examples made of short ones, so that length is learnt where the data has none (Kondo et al. 2021)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edgernn.edge_runtime.translate.reading.bitext import Pair

_FEWEST, _MOST = 2, 12


def joined(pairs: Sequence[Pair], part: float, seed: int) -> list[Pair]:
    """Pairs of several sentences each, drawn evenly, with a blank between them.

    Args:
      pairs: to draw from.
      part: how many are made, as a part of the number of pairs.
      seed: of the draw.
    """
    random = np.random.default_rng(seed)
    found = []
    for count in random.integers(_FEWEST, _MOST + 1, round(part * len(pairs))):
        some = [pairs[place] for place in random.integers(0, len(pairs), count)]
        found.append(Pair(" ".join(pair.source for pair in some), " ".join(pair.target for pair in some)))
    return found
