"""COCO's `captions_*.json` (Chen et al. 2015: Microsoft COCO Captions)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture, Split, cleaned, relative
from edgernn.edge_runtime.errors import InputError


def is_coco(document: dict[str, Any]) -> bool:
    """Whether it has the form's two lists."""
    return isinstance(document.get("images"), list) and isinstance(document.get("annotations"), list)


def read_coco(path: Path, document: dict[str, Any], split: Split) -> list[CaptionedPicture]:
    """The pictures that have captions, in the file's order.

    Args:
      path: of the file, for messages.
      document: its JSON.
      split: of all of them.

    Raises:
      InputError: a picture lacks its id or name, or a caption is of no picture; the message says which.
    """
    names: dict[object, str] = {}
    for place, image in enumerate(document["images"]):
        fields = image if isinstance(image, dict) else {}
        number, name = fields.get("id"), fields.get("file_name")
        if not isinstance(number, (int, str)) or not isinstance(name, str):
            raise InputError(f'{path}: images[{place}]: expected an object with "id" and "file_name"')
        if number in names:
            raise InputError(f"{path}: images[{place}]: the id {number!r} is there twice")
        names[number] = name
    captions: dict[object, list[object]] = {}
    for place, annotation in enumerate(document["annotations"]):
        fields = annotation if isinstance(annotation, dict) else {}
        number = fields.get("image_id")
        if not isinstance(number, (int, str)) or not isinstance(fields.get("caption"), str):
            raise InputError(f'{path}: annotations[{place}]: expected an object with "image_id" and "caption"')
        if number not in names:
            raise InputError(f"{path}: annotations[{place}]: there is no picture with the id {number!r}")
        captions.setdefault(number, []).append(fields["caption"])
    read = ((name, cleaned(captions.get(number, ()))) for number, name in names.items())
    return [CaptionedPicture(relative(name, str(path)), texts, split, Path(name).name) for name, texts in read if texts]
