from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import random
import zipfile

import pytest

from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.bundle.seal import seal
from edgernn.edge_runtime.bundle.writer import file_spec, pack_bundle, write_bundle
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.spec.manifest import MANIFEST_NAME

MODEL = random.Random(1).randbytes(400)


@pytest.fixture
def parts(int8_bundle):
    """A valid manifest and assets around a small stand-in for a model: the reader never looks into it."""
    bundle = read_bundle(int8_bundle)
    return dataclasses.replace(bundle.manifest, model=file_spec(MODEL)), bundle.assets


@pytest.fixture
def data(parts):
    manifest, assets = parts
    return pack_bundle(MODEL, manifest, assets)


def refused(tmp_path, data: bytes) -> str:
    path = tmp_path / "bundle.tflite"
    path.write_bytes(data)
    with pytest.raises(BundleError) as caught:
        read_bundle(path)
    return str(caught.value)


def test_what_was_written_is_read(tmp_path, parts, data):
    manifest, assets = parts
    path = tmp_path / "b.tflite"
    write_bundle(path, MODEL, manifest, assets)
    bundle = read_bundle(path)
    assert (bundle.content, bundle.manifest, bundle.assets) == (data, manifest, assets)
    assert bundle.sha256 == hashlib.sha256(data).hexdigest()
    assert path.read_bytes() == data == pack_bundle(MODEL, manifest, assets)
    assert bundle.size == len(data)


def test_it_is_a_tflite_file_and_a_zip_archive(int8_bundle):
    data = int8_bundle.read_bytes()
    assert data[4:8] == b"TFL3"
    names = zipfile.ZipFile(int8_bundle).namelist()
    assert names == [MANIFEST_NAME, "golden.json", "labels.txt", "tokenizer.json"]


def test_one_flipped_bit_in_any_byte_is_refused(tmp_path, data):
    path = tmp_path / "flipped.tflite"
    chooser = random.Random(2)
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << chooser.randrange(8)
        path.write_bytes(damaged)
        with pytest.raises(BundleError):
            read_bundle(path)


def test_every_bit_of_the_end_is_checked(tmp_path, data):
    for position in range(len(data) - 110, len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[position] ^= 1 << bit
            refused(tmp_path, bytes(damaged))


@pytest.mark.parametrize("kept", [0, 1, 10, 400, 1000, -1, -22, -80, -101, -200])
def test_cut_files_are_refused(tmp_path, data, kept):
    assert "bundle.tflite: " in refused(tmp_path, data[:kept])


def test_bytes_before_or_behind_are_refused(tmp_path, data):
    refused(tmp_path, data + b"x")
    refused(tmp_path, b"x" + data)


def test_newer_format_is_named_even_where_its_seal_is_another(tmp_path, parts):
    manifest, _ = parts
    document = {**manifest.to_dict(), "format_version": 2, "invented": True}
    buffer = io.BytesIO(MODEL)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(MANIFEST_NAME, json.dumps(document))
    assert "bundle format 2 is newer" in refused(tmp_path, buffer.getvalue())


def archive_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO(MODEL)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return seal(buffer.getvalue())


def test_sealed_by_another_hand(tmp_path, parts):
    """A seal alone proves nothing: sizes, hashes and names inside are checked too."""
    manifest, assets = parts
    text = json.dumps(manifest.to_dict()).encode()
    good = {MANIFEST_NAME: text, **assets}
    read = tmp_path / "good.tflite"
    read.write_bytes(archive_of(good))
    assert read_bundle(read).assets == assets
    assert "SHA-256 of labels.txt" in refused(tmp_path, archive_of({**good, "labels.txt": b"a\nb\nc\n"}))
    assert "archive holds" in refused(tmp_path, archive_of({**good, "../evil": b""}))
    assert "edgernn.json is missing" in refused(tmp_path, archive_of(assets))
    assert "not JSON" in refused(tmp_path, archive_of({**good, MANIFEST_NAME: b"{"}))
    assert "not JSON" in refused(tmp_path, archive_of({**good, MANIFEST_NAME: b"[" * 100_000}))
    assert "expected an object" in refused(tmp_path, archive_of({**good, MANIFEST_NAME: b"[]"}))


def test_decompression_bomb_is_not_unpacked(tmp_path, parts, monkeypatch):
    manifest, assets = parts
    monkeypatch.setattr("edgernn.edge_runtime.bundle.reader._MAX_MEMBER_BYTES", 20_000)
    bomb = archive_of({MANIFEST_NAME: json.dumps(manifest.to_dict()).encode() + b" " * 30_000, **assets})
    assert "claims more than 20000 bytes" in refused(tmp_path, bomb)


@pytest.mark.parametrize("content", [b"", b"TFL3", b"PK\x05\x06" + bytes(18), b"\x1c\x00\x00\x00TFL3" + bytes(99)])
def test_other_files_are_no_bundles(tmp_path, content):
    assert "not an EdgeRNN bundle" in refused(tmp_path, content)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(BundleError, match="no such file"):
        read_bundle(tmp_path / "none.tflite")
    with pytest.raises(BundleError, match="is a folder"):
        read_bundle(tmp_path)


def test_writer_refuses_a_manifest_that_no_reader_would_take(parts):
    manifest, assets = parts
    broken = dataclasses.replace(manifest, golden=dataclasses.replace(manifest.golden, vectors=1))
    with pytest.raises(BundleError, match="16 or more"):
        pack_bundle(MODEL, broken, assets)


def test_failed_write_leaves_the_old_file(tmp_path, parts):
    manifest, assets = parts
    target = tmp_path / "b.tflite"
    target.write_bytes(b"old")
    broken = dataclasses.replace(manifest, execution=dataclasses.replace(manifest.execution, signatures=()))
    with pytest.raises(BundleError):
        write_bundle(target, MODEL, broken, assets)
    assert target.read_bytes() == b"old"
    with pytest.raises(InputError, match="cannot write"):
        write_bundle(tmp_path / "no" / "b.tflite", MODEL, manifest, assets)
    assert [p.name for p in tmp_path.iterdir()] == ["b.tflite"]
