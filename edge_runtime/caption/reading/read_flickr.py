"""Flickr8k and Flickr30k: a line for each caption (Hodosh et al. 2013; Young et al. 2014).

Three forms are about: the authors' `*.token` ("1.jpg#0", a tab, the caption), `captions.txt` with commas and a first
line "image,caption", and `results.csv` with "image_name| comment_number| comment".
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture, Split, cleaned, relative
from edgernn.edge_runtime.errors import InputError

# Lists of names beside the captions, as Flickr_8k.trainImages.txt.
_LISTS: dict[str, Split] = {
    "trainimages": "train",
    "devimages": "validation",
    "valimages": "validation",
    "testimages": "test",
}
_EXPECTED = 'expected "1.jpg#0", a tab and the caption; or lines of image,caption; or of image| number| comment'


def read_flickr(path: Path, text: str) -> list[CaptionedPicture]:
    """The pictures, in the file's order, with all their captions.

    Args:
      path: of the file; lists of the parts' names are looked for beside it.
      text: its content.

    Raises:
      InputError: a line is of none of the forms, or a name is in two lists; the message says which.
    """
    captions: dict[str, list[object]] = {}
    for number, name, caption in _lines(path, text):
        if not name:
            raise InputError(f"{path} line {number}: {_EXPECTED}")
        captions.setdefault(name, []).append(caption)
    splits = _splits(path.parent)
    read = ((name, cleaned(texts)) for name, texts in captions.items())
    return [
        CaptionedPicture(relative(name, str(path)), texts, splits.get(name, ""), name)
        for name, texts in read
        if texts and (not splits or name in splits)
    ]


def _lines(path: Path, text: str) -> Iterator[tuple[int, str, str]]:
    """Line, name and caption; an empty name where the line is of no form."""
    first = text.split("\n", 1)[0]
    if "\t" in first:
        return _tokens(text)
    if first.count("|") == 2:
        return _bars(text)
    if first.strip().lower().replace(" ", "").startswith("image,caption"):
        return _commas(text)
    raise InputError(f"{path} line 1: {_EXPECTED}")


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            name, tab, caption = line.rstrip("\r").partition("\t")
            yield number, name.rpartition("#")[0].strip() if tab else "", caption


def _bars(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        # One line of Flickr30k's file lacks its second bar.
        parts = line.rstrip("\r").split("|", 2)
        if line.strip() and parts[0].strip() != "image_name":
            yield number, parts[0].strip() if len(parts) > 1 else "", parts[-1].lstrip(" 0123456789")


def _commas(text: str) -> Iterator[tuple[int, str, str]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    for row in reader:
        if row:
            # Captions with a comma are not always quoted.
            yield reader.line_num, row[0].strip() if len(row) > 1 else "", ",".join(row[1:])


def _splits(folder: Path) -> dict[str, Split]:
    """Part by picture's name; empty where there are no lists."""
    found: dict[str, Split] = {}
    for file in sorted(folder.glob("*Images.txt")):
        split = _LISTS.get(file.stem.rpartition(".")[2].lower())
        if split is None:
            continue
        for name in file.read_text("utf-8").split():
            if found.setdefault(name, split) != split:
                raise InputError(f"{file}: {name} is in the {found[name]} part too")
    return found
