"""What sets of captioned pictures share: the form of their prepared file, and their division."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PICTURES = "pictures"
FILE = "captions.json"
# Parts of the hash's range: below the first to test, below the second to validate, the others to train.
_TEST, _VALIDATION = 0.10, 0.15
_WORD = re.compile(r"\w+(?:['\u2019]\w+)*")


@dataclass(frozen=True)
class Captioned:
    """A picture of a set.

    Attributes:
      name: its path below the set's folder of pictures, with "/".
      group: pictures of one group lie in one part: drawings of one thing, mirrored ones, those with one caption.
      captions: by language (BCP-47).
      facts: what else is known of it, by name.
    """

    name: str
    group: str
    captions: Mapping[str, str]
    facts: Mapping[str, str]


def split_of(group: str) -> str:
    """The part of a group, by its SHA-256: 10 % test, 5 % validate, the others train."""
    share = int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") / 2**64
    return "test" if share < _TEST else "val" if share < _VALIDATION else "train"


def write_karpathy(name: str, pictures: Iterable[Captioned], path: Path) -> int:
    """Writes the form of A. Karpathy's divisions of COCO and Flickr (2015), with each caption's language beside it.

    Args:
      name: of the set.
      pictures: in their order.
      path: the file to write.

    Returns:
      How many pictures there are.
    """
    images = [_image(number, picture) for number, picture in enumerate(pictures)]
    path.write_text(json.dumps({"dataset": name, "images": images}, ensure_ascii=False, indent=0), encoding="utf-8")
    return len(images)


def _image(number: int, picture: Captioned) -> dict[str, Any]:
    folder, _, file = f"{PICTURES}/{picture.name}".rpartition("/")
    return {
        "imgid": number,
        "filepath": folder,
        "filename": file,
        "split": split_of(picture.group),
        "group": picture.group,
        **picture.facts,
        "sentences": [
            {"raw": text, "tokens": _WORD.findall(text.lower()), "language": language, "imgid": number}
            for language, text in picture.captions.items()
        ],
    }
