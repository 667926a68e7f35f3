"""What a captioner is trained on: features that are kept, or the pictures themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture, model_input
from edgernn.train.caption.copies import copy_digest, varied
from edgernn.train.caption.feature_cache import CachedPictures

Float32 = npt.NDArray[np.float32]


class KeptFeatures:
    """Features of pictures by number, or of one of their copies.

    Args:
      cached: with the features of all.
      paths: of the pictures.
      copies: of each that are kept too.
    """

    def __init__(self, cached: CachedPictures, paths: Sequence[Path], copies: int = 0) -> None:
        self._cache = cached.cache
        self._digests = [cached.digests[path] for path in paths]
        self._copies = copies

    def __call__(self, numbers: Sequence[int], random: np.random.Generator | None = None) -> Float32:
        """float32 [pictures, places, channels].

        Args:
          numbers: of the pictures.
          random: draws for each the picture itself or a copy; None: the pictures themselves.
        """
        return self._cache.rows([self._drawn(self._digests[number], random) for number in numbers])

    def _drawn(self, digest: str, random: np.random.Generator | None) -> str:
        which = int(random.integers(self._copies + 1)) if random is not None else 0
        return copy_digest(digest, which - 1) if which else digest


class Pictures:
    """The pictures' values by number, or those of a copy that is made for the occasion.

    Args:
      paths: of the pictures.
      rule: for the encoder's input.
      copies: whether copies are to be made.
    """

    def __init__(self, paths: Sequence[Path], rule: PictureSpec, copies: bool = False) -> None:
        self._paths, self._rule, self._copies = paths, rule, copies

    def __call__(self, numbers: Sequence[int], random: np.random.Generator | None = None) -> Float32:
        """float32 [pictures, size, size, 3]; see `KeptFeatures`."""
        loaded = [load_picture(self._paths[number], self._rule) for number in numbers]
        if random is not None and self._copies:
            loaded = [varied(picture, random) for picture in loaded]
        return model_input(np.stack(loaded), self._rule)
