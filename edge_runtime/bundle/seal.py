"""The seal: the archive's comment holds the SHA-256 of every byte before it.

The manifest's hashes cover the model and the assets; the seal covers what lies between them as well (zip
headers, time stamps, the manifest itself), so that no single bit of the file can change unnoticed.
"""

from __future__ import annotations

import hashlib

from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.files import sha256_hex

_PREFIX = b"EdgeRNN sha256="
SEAL_BYTES = len(_PREFIX) + 64
# The zip format's end record (22 bytes) ends with the comment's length, then the comment.
_LENGTH = SEAL_BYTES.to_bytes(2, "little")


def seal(archive: bytes) -> bytes:
    """Appends the seal to bytes that end with a zip archive without a comment."""
    body = archive[:-2] + _LENGTH
    return body + _PREFIX + sha256_hex(body).encode("ascii")


def check_seal(data: bytes, where: str, head: int = 0) -> str:
    """Raises BundleError unless the file is exactly as it was written.

    Args:
      data: the file.
      where: it lies, for the message.
      head: bytes at its beginning whose hash is wanted too: a large file is then read once and not twice.

    Returns:
      SHA-256 of the head.
    """
    body, mark = memoryview(data)[:-SEAL_BYTES], data[-SEAL_BYTES:]
    if len(data) < SEAL_BYTES or not mark.startswith(_PREFIX):
        raise BundleError(f"{where}: damaged or cut short (its end is missing): copy it again, or convert again")
    running = hashlib.sha256(body[:head])
    first = running.hexdigest()
    running.update(body[head:])
    if mark[len(_PREFIX) :] != running.hexdigest().encode("ascii"):
        raise BundleError(f"{where}: damaged (its SHA-256 does not match): copy it again, or convert again")
    return first
