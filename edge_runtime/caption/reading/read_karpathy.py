"""The JSON of A. Karpathy's divisions of COCO, Flickr8k and Flickr30k (2015), which the kit's own sets use too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture, Split, cleaned, relative
from edgernn.edge_runtime.errors import InputError

# "restval" are the pictures of COCO's validation part that papers train on.
_SPLITS: dict[object, Split] = {
    "train": "train",
    "restval": "train",
    "val": "validation",
    "validation": "validation",
    "test": "test",
    "": "",
    None: "",
}


def is_karpathy(document: dict[str, Any]) -> bool:
    """Whether its pictures hold their sentences."""
    images = document.get("images")
    return isinstance(images, list) and bool(images) and isinstance(images[0], dict) and "sentences" in images[0]


def read_karpathy(path: Path, document: dict[str, Any], language: str) -> list[CaptionedPicture]:
    """The pictures that have captions, in the file's order.

    Args:
      path: of the file, for messages.
      document: its JSON.
      language: of the captions to read, where they name theirs.

    Raises:
      InputError: a picture lacks its name or sentences, its split is unknown, or none has a caption in the language.
    """
    read = [_picture(f"{path}: images[{place}]", image, language) for place, image in enumerate(document["images"])]
    found = [picture for picture in read if picture.captions]
    if not found:
        languages = sorted({lang for image in document["images"] for lang in _languages(image)})
        raise InputError(f"{path}: no caption in {language!r}: there are {', '.join(languages) or 'none at all'}")
    return found


def _picture(where: str, image: object, language: str) -> CaptionedPicture:
    fields = image if isinstance(image, dict) else {}
    name, sentences = fields.get("filename"), fields.get("sentences")
    if not isinstance(name, str) or not isinstance(sentences, list):
        raise InputError(f'{where}: expected an object with "filename" and "sentences"')
    split = fields.get("split")
    if not isinstance(split, (str, type(None))) or split not in _SPLITS:
        raise InputError(f"{where}: split {split!r}: expected train, restval, val or test")
    texts = [_text(one) for one in sentences if isinstance(one, dict) and one.get("language", language) == language]
    parent = fields.get("filepath", "")
    below = f"{parent}/{name}" if isinstance(parent, str) and parent else name
    group = fields.get("group", name)
    return CaptionedPicture(relative(below, where), cleaned(texts), _SPLITS[split], str(group))


def _text(sentence: dict[str, Any]) -> object:
    """As it was written, or its tokens where only these are there."""
    tokens = sentence.get("tokens")
    joined = " ".join(map(str, tokens)) if isinstance(tokens, list) else None
    return sentence.get("raw", joined)


def _languages(image: object) -> set[str]:
    sentences = image.get("sentences") if isinstance(image, dict) else None
    found = sentences if isinstance(sentences, list) else []
    return {str(one.get("language", "without a language")) for one in found if isinstance(one, dict)}
