"""The lowerings: each turns a Keras model into signatures. One file and one line here each."""

from __future__ import annotations

from edgernn.convert.lowerings.base import (
    CHUNK_SIZES,
    Lowered,
    Lowering,
    LoweringRequest,
    TracedSignature,
    chunk_sizes_for,
)
from edgernn.convert.lowerings.choice import choose_lowering
from edgernn.convert.lowerings.registry import LOWERINGS

__all__ = [
    "CHUNK_SIZES",
    "LOWERINGS",
    "Lowered",
    "Lowering",
    "LoweringRequest",
    "TracedSignature",
    "choose_lowering",
    "chunk_sizes_for",
]
