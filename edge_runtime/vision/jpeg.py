"""The header of JPEG files (ITU-T T.81, annex B)."""

from __future__ import annotations

import math

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader
from edgernn.edge_runtime.vision.ifd import orientation_of

_APP1, _SOS, _EOI = 0xE1, 0xDA, b"\xff\xd9"
# Start of a frame: C0 to CF but for tables (C4, CC) and a reserved one (C8).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_EXIF = b"Exif\0\0"
_COEFFICIENT_BYTES = 2


def read_jpeg(data: bytes) -> PictureHeader:
    """The header.

    Raises:
      NotReadable: cut short, or of a kind that no usual decoder reads.
    """
    frame, marker, orientation = b"", 0, 1
    place = 2
    while True:
        kind, body, place = _segment(data, place)
        if kind == _APP1 and body.startswith(_EXIF):
            orientation = orientation_of(body[len(_EXIF) :])
        elif kind in _FRAMES:
            frame, marker = body, kind
        elif kind == _SOS:
            break
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        raise NotReadable("the JPEG says no size: save the picture again")
    if data.rfind(_EOI, place) < 0:
        raise NotReadable("the JPEG is cut short: copy the file again")
    if frame[0] != 8:
        raise NotReadable(f"a JPEG of {frame[0]} bits a sample: save it with 8 bits")
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    # Where one scan does not hold all components, the decoder keeps every coefficient until the last scan.
    whole = marker in _PROGRESSIVE or not body or body[0] < frame[5]
    extra = math.ceil(width * height * _samples(frame) * _COEFFICIENT_BYTES) if whole else 0
    return PictureHeader("JPEG", width, height, 4 if frame[5] == 4 else 3, orientation, True, extra)


def _segment(data: bytes, place: int) -> tuple[int, bytes, int]:
    """Marker, content and the next segment's place."""
    while place + 1 < len(data):
        if data[place] != 0xFF:
            raise NotReadable(f"the JPEG is damaged at byte {place}: copy the file again")
        kind = data[place + 1]
        if kind == 0xFF:  # a fill byte
            place += 1
        elif kind in _BARE:
            place += 2
        else:
            end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
            if end > len(data) or end < place + 4:
                break
            return kind, data[place + 4 : end], end
    raise NotReadable("the JPEG is cut short: copy the file again")


def _samples(frame: bytes) -> float:
    """Samples of all components for a pixel: 3 without subsampling, 1.5 for 4:2:0."""
    factors = [(byte >> 4, byte & 15) for byte in frame[7 : 6 + 3 * frame[5] : 3]]
    most = max((h for h, _ in factors), default=1) * max((v for _, v in factors), default=1)
    return sum(h * v for h, v in factors) / max(1, most)
