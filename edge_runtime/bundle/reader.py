"""Reads a bundle: everything is checked before anything of it is used."""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.bundle.seal import check_seal
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.files import sha256_hex
from edgernn.edge_runtime.spec.manifest import MANIFEST_NAME, FileSpec, Manifest, parse_manifest, refuse_newer

# A hostile archive may claim any size: members larger than this are not unpacked.
_MAX_MEMBER_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True)
class Bundle:
    """A bundle in memory, checked.

    Attributes:
      path: where it was read from.
      content: the whole file: the TFLite FlatBuffer, and behind it the archive, which TFLite does not look at. There
        is no second copy of the model, which may be most of a small device's memory.
      manifest: its declaration.
      assets: content by name.
    """

    path: Path
    content: bytes
    manifest: Manifest
    assets: dict[str, bytes]

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """SHA-256 of the whole file."""
        return sha256_hex(self.content)


def read_bundle(path: str | os.PathLike[str]) -> Bundle:
    """Reads the file once and checks all of it.

    Raises:
      BundleError: not there, not a bundle, damaged, not valid, or in a newer format.
    """
    file = Path(path)
    data = _read(file)
    members = _open(data, file)
    document = _manifest_document(members, file)
    # The version comes first: a newer format may be sealed in another way.
    refuse_newer(document, str(file))
    claimed = _model_size(document)
    digest = check_seal(data, str(file), claimed)
    manifest = parse_manifest(document, str(file))
    if (claimed, digest) != (manifest.model.size, manifest.model.sha256) or claimed > len(data):
        raise _mismatch("the model", file)
    return Bundle(file, data, manifest, _assets(members, manifest, file))


def _model_size(document: object) -> int:
    """What a manifest that is not yet checked says; 0 where that makes no sense."""
    model = document.get("model") if isinstance(document, dict) else None
    size = model.get("size") if isinstance(model, dict) else None
    return size if type(size) is int and size >= 0 else 0


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise BundleError(f"{file}: no such file") from None
    except IsADirectoryError:
        raise BundleError(f"{file}: is a folder, not a bundle (convert it first: edgernn convert)") from None
    except OSError as error:
        raise BundleError(f"{file}: cannot be read: {error.strerror or error}") from error


def _open(data: bytes, file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise BundleError(
            f"{file}: not an EdgeRNN bundle, or damaged (no archive at its end): make one with edgernn convert"
        ) from error


def _member(members: zipfile.ZipFile, name: str, file: Path) -> bytes:
    try:
        if members.getinfo(name).file_size > _MAX_MEMBER_BYTES:
            raise BundleError(f"{file}: {name} claims more than {_MAX_MEMBER_BYTES} bytes: refused")
        return members.read(name)
    except KeyError:
        raise BundleError(f"{file}: {name} is missing in its archive: not an EdgeRNN bundle, or damaged") from None
    # What zipfile raises on a damaged member: its own errors, zlib's, and those of code that trusts the headers.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as e:
        raise BundleError(f"{file}: damaged ({name} cannot be unpacked): copy it again, or convert again") from e


def _manifest_document(members: zipfile.ZipFile, file: Path) -> object:
    text = _member(members, MANIFEST_NAME, file)
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{file}: damaged ({MANIFEST_NAME} is not JSON)") from error
    return document


def _check(data: bytes, spec: FileSpec, what: str, file: Path) -> None:
    if len(data) != spec.size or sha256_hex(data) != spec.sha256:
        raise _mismatch(what, file)


def _mismatch(what: str, file: Path) -> BundleError:
    return BundleError(f"{file}: damaged (SHA-256 of {what} does not match): copy it again, or convert again")


def _assets(members: zipfile.ZipFile, manifest: Manifest, file: Path) -> dict[str, bytes]:
    names = sorted(members.namelist())
    expected = sorted([MANIFEST_NAME, *manifest.assets])
    if names != expected:
        raise BundleError(f"{file}: archive holds {', '.join(names)}; the manifest names {', '.join(expected)}")
    assets = {name: _member(members, name, file) for name in manifest.assets}
    for name, data in assets.items():
        _check(data, manifest.assets[name], name, file)
    return assets
