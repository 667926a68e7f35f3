"""How large pictures may be: looked at before anything is decoded, so that a small file cannot fill the memory."""

from __future__ import annotations

from edgernn.edge_runtime.vision.header import NotReadable, PictureHeader

MAX_FILE_BYTES = 64_000_000
# The largest cameras of telephones make 200 megapixels.
MAX_PIXELS = 205_000_000
MAX_SIDE = 65_535
# File, decoder and decoded pixels together. Python, NumPy, OpenCV, an engine and a model take about 100 MB: with them a
# process stays below 256 MB (benchmarks/caption/picture_memory.py measures it).
MAX_WORK_BYTES = 150_000_000
# JPEG's decoder shrinks by 2, 4 and 8.
MAX_SHRINK = 3


def check_limits(header: PictureHeader, file_bytes: int) -> None:
    """Refuses what would take too much memory.

    Raises:
      NotReadable: saying what is too large.
    """
    size = f"{header.width:,} x {header.height:,} pixels"
    if header.width < 1 or header.height < 1:
        raise NotReadable(f"the {header.format} has {size}: save the picture again")
    if max(header.width, header.height) > MAX_SIDE or header.width * header.height > MAX_PIXELS:
        raise NotReadable(f"{size}: more than {MAX_PIXELS // 1_000_000} megapixels: make it smaller")
    least = decoded_bytes(header, MAX_SHRINK if header.shrinks else 0) + file_bytes
    if least > MAX_WORK_BYTES:
        raise NotReadable(
            f"a {header.format} of {size} needs {least / 1e6:.0f} MB to be read, more than "
            f"{MAX_WORK_BYTES // 1_000_000}: make it smaller, or save it as baseline JPEG"
        )


def least_shrink(header: PictureHeader, file_bytes: int) -> int:
    """How many times the decoder must halve the picture to keep to the limit."""
    fits = (n for n in range(MAX_SHRINK) if decoded_bytes(header, n) + file_bytes <= MAX_WORK_BYTES)
    return next(fits, MAX_SHRINK) if header.shrinks else 0


def decoded_bytes(header: PictureHeader, halvings: int) -> int:
    """Memory of the decoder and of what it gives, bytes.

    Args:
      header: of the picture.
      halvings: while it decodes.
    """
    return (header.width * header.height * header.pixel_bytes >> 2 * halvings) + header.extra_bytes
