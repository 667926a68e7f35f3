"""The first directory of a TIFF block, which EXIF data are too."""

from __future__ import annotations

import struct

ORIENTATION = 274
_SHORT = 3
# Unsigned numbers of one, two and four bytes; the tags that are read here have no other type.
_TYPES = {1: "B", _SHORT: "H", 4: "I"}
_ENTRY_BYTES = 12
_MOST_VALUES = 16


def read_ifd(block: bytes) -> dict[int, tuple[int, ...]]:
    """Tags and their whole numbers, of which the first 16 are read; tags of other types are left out.

    Layout: TIFF 6.0 (Adobe 1992), section 2.

    Args:
      block: begins with "II*" or "MM", as TIFF files and EXIF data do.

    Returns:
      Empty where it is no such block; what it holds of it where it is cut short.
    """
    order = _order(block)
    entries = (_entry(block, place, order) for place in _places(block, order))
    return {tag: values for tag, values in entries if values}


def orientation_of(block: bytes) -> int:
    """EXIF's orientation, 1 to 8; 1 where the block holds none that is valid."""
    (value, *_) = read_ifd(block).get(ORIENTATION, (1,))
    return value if 1 <= value <= 8 else 1


def unturned(block: bytes) -> bytes:
    """The block with an orientation of 1: libtiff would follow some orientations, and not others."""
    order = _order(block)
    changed = bytearray(block)
    for place in _places(block, order):
        if struct.unpack_from(f"{order}H", block, place) == (ORIENTATION,):
            struct.pack_into(f"{order}HIHH", changed, place + 2, _SHORT, 1, 1, 0)
    return bytes(changed)


def _order(block: bytes) -> str:
    """As `struct` writes it, "" where the block is none."""
    return {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4], "") if len(block) >= 8 else ""


def _places(block: bytes, order: str) -> list[int]:
    """Of the directory's entries that lie within the block."""
    (start,) = struct.unpack_from(f"{order}I", block, 4) if order else (len(block),)
    if start + 2 > len(block):
        return []
    (count,) = struct.unpack_from(f"{order}H", block, start)
    places = range(start + 2, start + 2 + count * _ENTRY_BYTES, _ENTRY_BYTES)
    return [place for place in places if place + _ENTRY_BYTES <= len(block)]


def _entry(block: bytes, place: int, order: str) -> tuple[int, tuple[int, ...]]:
    tag, kind, count = struct.unpack_from(f"{order}HHI", block, place)
    letter = _TYPES.get(kind)
    if letter is None:
        return tag, ()
    size = struct.calcsize(letter) * count
    at = place + 8
    if size > 4:  # then the entry holds the place of its values
        (at,) = struct.unpack_from(f"{order}I", block, at)
    read = min(count, _MOST_VALUES)
    form = f"{order}{read}{letter}"
    return tag, struct.unpack_from(form, block, at) if at + struct.calcsize(form) <= len(block) else ()
