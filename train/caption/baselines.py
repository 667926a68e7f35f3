"""What a captioner must be better than: a caption for all, and that of the picture that looks most alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture

Float32 = npt.NDArray[np.float32]
_TOGETHER = 256


def most_frequent(train: Sequence[CaptionedPicture]) -> str:
    """The caption that most training pictures have; the first of several."""
    counted = Counter(caption for picture in train for caption in dict.fromkeys(picture.captions))
    return counted.most_common(1)[0][0]


def nearest_captions(train: Sequence[CaptionedPicture], known: Float32, asked: Float32) -> list[str]:
    """The first caption of the training picture whose features have the largest cosine.

    Args:
      train: the training pictures.
      known: their features, averaged over the places, float32 [train, channels].
      asked: those of the pictures to caption, float32 [pictures, channels].
    """
    table = _unit(known)
    found: list[str] = []
    for start in range(0, len(asked), _TOGETHER):
        best = (_unit(asked[start : start + _TOGETHER]) @ table.T).argmax(axis=1)
        found += [train[place].captions[0] for place in best]
    return found


def _unit(vectors: Float32) -> Float32:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
