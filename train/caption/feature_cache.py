"""Features on disk: an encoder that is not trained computes each picture's once.

A folder for each encoder (its `identity`), in it shards: `NAME.npy` with the features of some pictures, and `NAME.json`
with the pictures' SHA-256 in their order. The second is written last, by a rename: without it the first does not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import atomic_write, cache_dir, write_text
from edgernn.edge_runtime.vision import load_picture
from edgernn.edge_runtime.vision.source import read_bytes
from edgernn.train.caption.encoder import Encoder

Kind = Literal["float16", "float32"]
_SHARD = 256
_BATCH = 16
_DIGEST_CHARACTERS = 64


class FeatureCache:
    """Features of pictures by the SHA-256 of their files.

    Args:
      folder: is made where it is not there.
      shape: places and channels of a picture's features.
      kind: that values are kept in; "float16" takes half the space and errs by a 2000th at most.
    """

    def __init__(self, folder: Path, shape: tuple[int, int], kind: Kind = "float16") -> None:
        self.folder, self.shape, self.kind = folder, shape, kind
        self._rows: dict[str, npt.NDArray[Any]] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        for index in sorted(folder.glob("*.json")):
            self._read(index)

    def __contains__(self, digest: str) -> bool:
        return digest in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, digests: Sequence[str]) -> npt.NDArray[np.float32]:
        """Features of some pictures, float32 [pictures, places, channels]; read from the disk now."""
        return np.stack([self._rows[digest] for digest in digests]).astype(np.float32)

    def add(self, digests: Sequence[str], features: npt.NDArray[np.float32]) -> None:
        """Keeps a shard, whole or not at all.

        Args:
          digests: SHA-256 of each picture's file.
          features: float32 [pictures, places, channels].

        Raises:
          InputError: a value is too large for the kind, or the disk is full.
        """
        with np.errstate(over="ignore"):
            kept = features.astype(self.kind)
        if not np.isfinite(kept).all():
            raise InputError(f"the encoder's features are too large for {self.kind}: keep them in float32")
        name = hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
        index = self.folder / f"{name}.json"
        try:
            with atomic_write(index.with_suffix(".npy")) as temporary, temporary.open("wb") as file:
                np.save(file, kept, allow_pickle=False)
            write_text(index, json.dumps(list(digests)))
        except OSError as error:
            raise self._unusable(error) from error
        self._read(index)

    def _unusable(self, error: OSError) -> InputError:
        return InputError(f"{self.folder}: {error.strerror or error}: set EDGERNN_CACHE to another folder")

    def _read(self, index: Path) -> None:
        """What is damaged, or of another shape, counts as not there and is computed again."""
        try:
            digests = json.loads(index.read_text("utf-8"))
            features = np.load(index.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return
        whole = isinstance(digests, list) and all(isinstance(d, str) and len(d) == _DIGEST_CHARACTERS for d in digests)
        if whole and features.shape == (len(digests), *self.shape) and features.dtype == self.kind:
            self._rows.update(zip(digests, features, strict=True))


@dataclass(frozen=True)
class CachedPictures:
    """Pictures whose features are there.

    Attributes:
      cache: that holds them.
      digests: by path.
      bad: why a picture cannot be used, by path.
    """

    cache: FeatureCache
    digests: dict[Path, str]
    bad: dict[Path, str]

    def features(self, paths: Sequence[Path]) -> npt.NDArray[np.float32]:
        """Features of some of the pictures, float32 [pictures, places, channels]."""
        return self.cache.rows([self.digests[path] for path in paths])


def open_cache(encoder: Encoder, kind: Kind = "float16") -> FeatureCache:
    """The cache of an encoder, in the user's cache folder."""
    return FeatureCache(cache_dir() / "features" / f"{encoder.identity()[:32]}-{kind}", encoder.shape, kind)


def cache_features(
    paths: Sequence[Path],
    encoder: Encoder,
    cache: FeatureCache,
    tell: Callable[[int, int], None] = lambda done, all_: None,
) -> CachedPictures:
    """Computes the features that the cache lacks, shard by shard: what was done before a break is not done again.

    Args:
      paths: of pictures.
      encoder: whose cache it is.
      cache: to fill.
      tell: told how many of how many pictures have been computed.
    """
    digests: dict[Path, str] = {}
    bad: dict[Path, str] = {}
    wanted: dict[str, Path] = {}
    for path in dict.fromkeys(paths):
        try:
            digests[path] = hashlib.sha256(read_bytes(path)).hexdigest()
        except InputError as error:
            bad[path] = str(error)
            continue
        if digests[path] not in cache:
            wanted.setdefault(digests[path], path)
    faults: dict[str, str] = {}
    for done, shard in _shards(list(wanted.items())):
        _add_shard(shard, encoder, cache, faults)
        tell(done, len(wanted))
    bad |= {path: faults[digest] for path, digest in digests.items() if digest in faults}
    return CachedPictures(cache, {path: digest for path, digest in digests.items() if digest not in faults}, bad)


def _shards(items: list[tuple[str, Path]]) -> Iterator[tuple[int, list[tuple[str, Path]]]]:
    for start in range(0, len(items), _SHARD):
        yield min(start + _SHARD, len(items)), items[start : start + _SHARD]


def _add_shard(items: list[tuple[str, Path]], encoder: Encoder, cache: FeatureCache, faults: dict[str, str]) -> None:
    digests, pictures = [], []
    for digest, path in items:
        try:
            data = read_bytes(path)
            if hashlib.sha256(data).hexdigest() != digest:
                raise InputError(f"{path}: has been changed meanwhile")
            pictures.append(load_picture(data, encoder.picture))
            digests.append(digest)
        except InputError as error:
            faults[digest] = str(error).replace("picture of bytes", str(path))
    if digests:
        blocks = (np.stack(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH))
        cache.add(digests, np.concatenate([encoder.features(block) for block in blocks]))
