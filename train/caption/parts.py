"""The three parts of a data set, also where its authors made two."""

from __future__ import annotations

import hashlib

from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture

_VALIDATED = 0.05


def parts_of(corpus: CaptionCorpus, seed: int) -> dict[str, list[CaptionedPicture]]:
    """The corpus's own division; what it lacks is taken from the others.

    Of COCO's test pictures the captions are not published: its validation part tests then. Where nothing is left to
    validate, a twentieth of the training groups does, by SHA-256 of seed and group.

    Args:
      corpus: captioned pictures.
      seed: any whole number.
    """
    parts = corpus.divided(seed)
    if not corpus.given:
        return parts
    if not parts["test"]:
        parts |= {"validation": [], "test": parts["validation"]}
    if not parts["validation"]:
        kept = [_share(picture.group, seed) >= _VALIDATED for picture in parts["train"]]
        validation = [picture for picture, is_kept in zip(parts["train"], kept, strict=True) if not is_kept]
        train = [picture for picture, is_kept in zip(parts["train"], kept, strict=True) if is_kept]
        parts |= {"train": train, "validation": validation}
    return parts


def _share(group: str, seed: int) -> float:
    digest = hashlib.sha256(f"validation:{seed}:{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
