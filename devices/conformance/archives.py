"""Bundles with changes inside, sealed again: what a reader must refuse although the seal holds."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.bundle.seal import SEAL_BYTES, seal
from edgernn.edge_runtime.files import sha256_hex
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME, MANIFEST_NAME

_EPOCH = (1980, 1, 1, 0, 0, 0)
_DIGITS = 64


@dataclass(frozen=True)
class Parts:
    """A bundle taken apart.

    Attributes:
      model: the TFLite bytes.
      members: of the archive, in its order.
    """

    model: bytes
    members: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        """A copy of the manifest."""
        document: dict[str, Any] = json.loads(self.members[MANIFEST_NAME])
        return document

    def with_members(self, members: Mapping[str, bytes]) -> Parts:
        """These members in the place of those of the same names."""
        return Parts(self.model, {**self.members, **members})

    def with_manifest(self, document: object) -> Parts:
        """Another manifest."""
        return self.with_members({MANIFEST_NAME: json.dumps(document).encode("utf-8")})


def taken_apart(data: bytes) -> Parts:
    """The parts of a sound bundle."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    size = json.loads(members[MANIFEST_NAME])["model"]["size"]
    return Parts(data[:size], members)


def packed(parts: Parts, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive behind the model, not sealed."""
    buffer = io.BytesIO()
    buffer.write(parts.model)
    with zipfile.ZipFile(buffer, "a", compression=compression, compresslevel=9) as archive:
        for name, content in parts.members.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = compression
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def resealed(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    """A sealed bundle with some bytes changed, sealed again."""
    body = bytearray(data[:-SEAL_BYTES])
    change(body)
    return seal(bytes(body[:-2]) + b"\0\0")


def with_hash_of(document: dict[str, Any], name: str, content: bytes) -> dict[str, Any]:
    """The manifest with size and hash of another content of an asset."""
    document["assets"][name] = {"size": len(content), "sha256": sha256_hex(content)}
    return document


def broken_golden(data: bytes) -> tuple[bytes, int]:
    """A bundle with a golden vector that the model does not give, and the number of that vector."""
    parts, vector = taken_apart(data), 3
    golden = json.loads(parts.members[GOLDEN_NAME])
    first = next(iter(golden[vector]["outputs"].values()))
    first["data"][0] += 1.0
    content = json.dumps(golden, separators=(",", ":")).encode("utf-8")
    changed = parts.with_members({GOLDEN_NAME: content}).with_manifest(
        with_hash_of(parts.manifest, GOLDEN_NAME, content)
    )
    return seal(packed(changed)), vector


def edits_between(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Edits that make one file of another, to be applied in order: at a place, delete bytes, insert others (base64).

    The seal's digits are an edit of their own: what lies between them and the change stays as it is.
    """
    if before == after:
        return []
    if len(after) <= SEAL_BYTES or len(before) <= SEAL_BYTES or after[-_DIGITS:] == before[-_DIGITS:]:
        return [_edit(before, after)]
    edits = []
    if before[:-_DIGITS] != after[:-_DIGITS]:
        edits.append(_edit(before[:-_DIGITS], after[:-_DIGITS]))
    digits = _edit(before[-_DIGITS:], after[-_DIGITS:])
    return [*edits, {**digits, "at": digits["at"] + len(after) - _DIGITS}]


def _edit(before: bytes, after: bytes) -> dict[str, Any]:
    start = _common(before, after)
    tail = _common(before[start:][::-1], after[start:][::-1])
    inserted = after[start : len(after) - tail]
    return {
        "at": start,
        "delete": len(before) - tail - start,
        "insert": base64.b64encode(inserted).decode("ascii"),
    }


def _common(one: bytes, other: bytes) -> int:
    """Bytes that both begin with."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)
