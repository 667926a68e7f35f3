"""Readers of captioned pictures in the forms that people hold them in."""

from __future__ import annotations

from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus, open_captions
from edgernn.edge_runtime.caption.reading.types import CaptionedPicture

__all__ = ["CaptionCorpus", "CaptionedPicture", "open_captions"]
