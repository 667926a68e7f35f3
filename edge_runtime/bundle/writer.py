"""Writes a bundle."""

from __future__ import annotations

import io
import json
import os
import zipfile

from edgernn.edge_runtime.bundle.seal import seal
from edgernn.edge_runtime.files import sha256_hex, write_bytes
from edgernn.edge_runtime.spec.manifest import MANIFEST_NAME, FileSpec, Manifest, parse_manifest

# The zip format's earliest date: equal content gives an equal file, whenever it was made.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def file_spec(data: bytes) -> FileSpec:
    """Size and hash of `data`."""
    return FileSpec(size=len(data), sha256=sha256_hex(data))


def pack_bundle(model: bytes, manifest: Manifest, assets: dict[str, bytes]) -> bytes:
    """The bundle's bytes.

    Args:
      model: TFLite FlatBuffer.
      manifest: must agree with `model` and `assets` (`file_spec` of each).
      assets: content by name.

    Raises:
      BundleError: the manifest is not valid; every fault is named.
    """
    document = json.loads(json.dumps(manifest.to_dict()))
    parse_manifest(document, MANIFEST_NAME)
    buffer = io.BytesIO()
    buffer.write(model)
    with zipfile.ZipFile(buffer, "a", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        _add(archive, MANIFEST_NAME, json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8"))
        for name in sorted(assets):
            _add(archive, name, assets[name])
    return seal(buffer.getvalue())


def write_bundle(path: str | os.PathLike[str], model: bytes, manifest: Manifest, assets: dict[str, bytes]) -> None:
    """Writes the bundle to `path`, whole or not at all."""
    write_bytes(path, pack_bundle(model, manifest, assets))


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)
