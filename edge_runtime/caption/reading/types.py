"""A picture with what people say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edgernn.edge_runtime.errors import InputError

Split = Literal["", "train", "validation", "test"]


@dataclass(frozen=True)
class CaptionedPicture:
    """A picture and its references.

    Attributes:
      path: of the file; seen from the folder of pictures as long as that is not known.
      captions: one or more, without blanks at their ends.
      split: that the data puts it in; "" where it says none.
      group: pictures of one group belong into one part; the picture's name where the data knows no groups.
    """

    path: Path
    captions: tuple[str, ...]
    split: Split
    group: str


def cleaned(captions: Iterable[object]) -> tuple[str, ...]:
    """Texts with single blanks, the empty ones left out."""
    texts = (" ".join(one.split()) for one in captions if isinstance(one, str))
    return tuple(text for text in texts if text)


def relative(name: object, where: str) -> Path:
    """The path of a picture that a file names, seen from the folder of pictures.

    Args:
      name: as the file has it.
      where: for the message.

    Raises:
      InputError: it is no name, or lies outside of the folder.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise InputError(f"{where}: a picture without a name")
    path = Path(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise InputError(f"{where}: the picture {name!r} lies outside of the folder")
    return path
