"""Copies of pictures that differ a little from them, and their features: a data set's pictures are few."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.vision import Pixels, load_picture
from edgernn.train.caption.encoder import Encoder
from edgernn.train.caption.feature_cache import CachedPictures

# Of what `varied` does; a change that gives other pixels needs a new number.
_RULES = 1
_TURN_DEGREES, _RESIZE, _SHIFT = 8.0, 0.15, 0.08
_SHARD, _TOGETHER = 64, 16


def varied(picture: Pixels, random: np.random.Generator) -> Pixels:
    """A picture turned, resized and shifted by up to a twelfth or so; never mirrored (captions name sides and letters).

    What comes in at the edges repeats the edge. Colours stay, as captions name them.

    Args:
      picture: uint8 [size, size, 3].
      random: for the draw.
    """
    import cv2

    size = picture.shape[0]
    turn = random.uniform(-_TURN_DEGREES, _TURN_DEGREES)
    scale = float(np.exp(random.uniform(-_RESIZE, _RESIZE)))
    matrix = cv2.getRotationMatrix2D(((size - 1) / 2, (size - 1) / 2), turn, scale)
    matrix[:, 2] += random.uniform(-_SHIFT, _SHIFT, 2) * size
    found: Pixels = cv2.warpAffine(picture, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    return found


def copy_digest(digest: str, number: int) -> str:
    """What a copy's features are kept by."""
    return hashlib.sha256(f"{digest} copy {number} rules {_RULES}".encode()).hexdigest()


def cache_copies(
    paths: Sequence[Path],
    cached: CachedPictures,
    count: int,
    encoder: Encoder,
    tell: Callable[[int, int], None] = lambda done, all_: None,
) -> None:
    """Computes the features of copies that the cache lacks, some at a time: what was done before a break is kept.

    Args:
      paths: of pictures that `cached` holds.
      cached: to whose cache the copies are added.
      count: of copies of each picture.
      encoder: whose cache it is.
      tell: told how many of how many copies have been computed.
    """
    wanted = {
        copy_digest(cached.digests[path], number): path
        for path in paths
        for number in range(count)
        if copy_digest(cached.digests[path], number) not in cached.cache
    }
    digests = list(wanted)
    for start in range(0, len(digests), _SHARD):
        some = digests[start : start + _SHARD]
        blocks = [some[first : first + _TOGETHER] for first in range(0, len(some), _TOGETHER)]
        features = [encoder.features(_copies({d: wanted[d] for d in block}, encoder)) for block in blocks]
        cached.cache.add(some, np.concatenate(features))
        tell(start + len(some), len(digests))


def _copies(wanted: Mapping[str, Path], encoder: Encoder) -> Pixels:
    """By the digest of each, which also draws it."""
    return np.stack([_copy(path, digest, encoder) for digest, path in wanted.items()])


def _copy(path: Path, digest: str, encoder: Encoder) -> Pixels:
    try:
        picture = load_picture(path, encoder.picture)
    except InputError as error:
        raise InputError(f"{path}: has been changed meanwhile: {error}") from error
    return varied(picture, np.random.default_rng(int(digest[:16], 16)))
