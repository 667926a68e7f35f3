"""Captioned pictures out of a file, a folder of parts, or a fetched data set; and their division."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgernn.edge_runtime.caption.reading.read_coco import is_coco, read_coco
from edgernn.edge_runtime.caption.reading.read_flickr import read_flickr
from edgernn.edge_runtime.caption.reading.read_karpathy import is_karpathy, read_karpathy
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture, Split
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import decode_text
from edgernn.edge_runtime.examples.source import DataSource, locate

SPLITS = ("train", "validation", "test")
_FRACTIONS = {"train": 0.8, "validation": 0.1, "test": 0.1}
# COCO's captions of 2014 and 2017 have 67 to 92 MB, Karpathy's division of them 144.
_MAX_BYTES = 512 * 1024 * 1024
_MOST_NAMED = 3
_TRIED = 100
# Where pictures usually lie, seen from the file with the captions.
_USUAL = ("", "images", "Images", "Flicker8k_Dataset", "Flickr8k_Dataset", "flickr30k_images", "flickr30k-images")
_PARTS: dict[str, Split] = {"train": "train", "val": "validation", "test": "test"}


@dataclass(frozen=True)
class CaptionCorpus:
    """Pictures that are there, with their captions.

    Attributes:
      source: what the user named.
      sha256: of the files with the captions; the pictures have their own.
      pictures: in the files' order.
      missing: names of pictures that have captions, but are not there.
    """

    source: DataSource
    sha256: str
    pictures: tuple[CaptionedPicture, ...]
    missing: tuple[str, ...]

    @property
    def given(self) -> bool:
        """Whether the data says which pictures train, validate and test."""
        return any(picture.split for picture in self.pictures)

    def divided(self, seed: int) -> dict[str, list[CaptionedPicture]]:
        """The pictures by split: as the data says, or by SHA-256 of seed and group.

        Args:
          seed: any whole number.
        """
        splits: dict[str, list[CaptionedPicture]] = {name: [] for name in SPLITS}
        for picture in self.pictures:
            splits[picture.split or _split_of(picture.group, seed)].append(picture)
        return splits

    def notes(self) -> list[str]:
        """What people should be told."""
        if not self.missing:
            return []
        named = ", ".join(self.missing[:_MOST_NAMED]) + (", ..." if len(self.missing) > _MOST_NAMED else "")
        total = len(self.pictures) + len(self.missing)
        return [f"{len(self.missing):,} of {total:,} pictures are not there and left out: {named}"]


def open_captions(name_or_path: str, images: str | None = None, language: str = "en") -> CaptionCorpus:
    """Reads captioned pictures.

    Args:
      name_or_path: COCO's captions_*.json, a folder of several (captions_train*.json, captions_val*.json), Karpathy's
        JSON, Flickr's captions.txt or *.token, or a fetched data set.
      images: folder of the pictures; None to look at the usual places.
      language: of the captions, where the data has several.

    Raises:
      InputError: there is no such thing, it is faulty, or none of the pictures is there.
    """
    path = Path(name_or_path)
    if path.is_dir():
        source, files = DataSource(path.resolve().name, path), _parts_of(path)
    else:
        source = locate(name_or_path)
        files = {source.path: ""}
    digest = hashlib.sha256()
    read: list[CaptionedPicture] = []
    for file, split in files.items():
        data = _read(file)
        digest.update(data)
        pictures = _pictures(file, data, split, language)
        folder = Path(images) if images else _folder_of(file, pictures)
        read += [replace(picture, path=folder / picture.path) for picture in pictures]
    there = [picture for picture in read if picture.path.is_file()]
    if not there:
        example = f" ({read[0].path} for one)" if read else ""
        raise InputError(f"{source.path}: none of its {len(read):,} pictures is there{example}: name their folder")
    missing = tuple(picture.path.name for picture in read if not picture.path.is_file())
    return CaptionCorpus(source, digest.hexdigest(), tuple(there), missing)


def _parts_of(folder: Path) -> dict[Path, Split]:
    for place in (folder, folder / "annotations"):
        found = {file: _part_of(file) for file in sorted(place.glob("captions_*.json"))}
        if found:
            return found
    raise InputError(f"{folder}: holds no captions_*.json: name the file with the captions")


def _part_of(file: Path) -> Split:
    return next((split for word, split in _PARTS.items() if f"_{word}" in file.stem), "")


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: larger than {_MAX_BYTES >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _pictures(path: Path, data: bytes, split: Split, language: str) -> list[CaptionedPicture]:
    """With paths seen from the folder of pictures."""
    text = decode_text(data, path)
    if not text.lstrip().startswith("{"):
        return read_flickr(path, text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from error
    if is_coco(document):
        return read_coco(path, document, split)
    if is_karpathy(document):
        return read_karpathy(path, document, language)
    raise InputError(f'{path}: neither COCO\'s form ("images" and "annotations") nor Karpathy\'s ("sentences")')


def _folder_of(path: Path, pictures: Sequence[CaptionedPicture]) -> Path:
    """The usual place that holds most of the first pictures."""
    names = (*_USUAL, path.stem.removeprefix("captions_"))
    places = [base / name for base in (path.parent, path.parent.parent) for name in names]
    return max(places, key=lambda place: sum((place / one.path).is_file() for one in pictures[:_TRIED]))


def _split_of(group: str, seed: int) -> str:
    digest = hashlib.sha256(f"{seed}:{group}".encode("utf-8", "surrogatepass")).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    for name, fraction in _FRACTIONS.items():
        if share < fraction:
            return name
        share -= fraction
    return SPLITS[0]
