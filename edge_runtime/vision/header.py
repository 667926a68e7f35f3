"""What a file says of its picture, and the errors of those who read it. Nothing is decoded here."""

from __future__ import annotations

from dataclasses import dataclass


class NotReadable(Exception):  # noqa: N818 - becomes an InputError, which adds the file's name
    """The picture cannot be used; the text says why and how to mend it."""


@dataclass(frozen=True)
class PictureHeader:
    """A picture as its file describes it.

    Attributes:
      format: "JPEG", "PNG" and so on.
      width: as stored, before it is turned, pixels.
      height: as stored, pixels.
      pixel_bytes: that a decoded pixel takes at most.
      orientation: EXIF's, 1 (as stored) to 8.
      shrinks: whether the decoder can shrink while it decodes.
      extra_bytes: that the decoder holds beside the decoded pixels, whatever it shrinks.
      premultiplied: whether its decoder gives colours that are already multiplied by alpha.
    """

    format: str
    width: int
    height: int
    pixel_bytes: int
    orientation: int = 1
    shrinks: bool = False
    extra_bytes: int = 0
    premultiplied: bool = False
