"""Damaged, hostile and oversized files: a picture or one clear line, nothing on standard error, little memory."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from vision.making import chunk, noise, png, saved

from edgernn.edge_runtime.errors import InputError, RuntimeUnavailable
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture, read_picture
from edgernn.edge_runtime.vision.limits import MAX_FILE_BYTES

SPEC = PictureSpec(32)
GOOD = {
    "JPEG": saved(noise(60, 80), "JPEG"),
    "progressive": saved(noise(60, 80), "JPEG", progressive=True),
    "PNG": saved(noise(60, 80), "PNG"),
    "GIF": saved(noise(60, 80), "GIF"),
    "BMP": saved(noise(60, 80), "BMP"),
    "TIFF": saved(noise(60, 80), "TIFF"),
    "WebP": saved(noise(60, 80), "WEBP"),
}


BEGINNINGS = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP"]


def said_of(data: bytes) -> str:
    """The picture's shape, or the one line that tells why there is none."""
    try:
        return str(load_picture(data, SPEC).shape)
    except InputError as error:
        (line,) = str(error).splitlines()
        return line


def refused(data: bytes) -> str:
    with pytest.raises(InputError) as caught:
        load_picture(data, SPEC)
    said = str(caught.value)
    assert said.startswith("picture of bytes: ")
    assert "\n" not in said
    return said


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_cut_short(name, capfd):
    data = GOOD[name]
    for length in {0, 1, 2, 4, 8, 12, 20, 30, 40, *range(50, len(data) - 3, len(data) // 30)}:
        refused(data[:length])
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", GOOD)
@given(st.data())
def test_damaged_bytes_give_a_picture_or_one_line(name, data):
    damaged = bytearray(GOOD[name])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, min(400, len(damaged) - 1)))] = data.draw(st.integers(0, 255))
    found = said_of(bytes(damaged))
    assert found == "(32, 32, 3)" or found.startswith("picture of bytes: ")


@given(st.binary(max_size=300), st.sampled_from(BEGINNINGS))
def test_anything_behind_a_formats_first_bytes(data, beginning):
    assert said_of(beginning + data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"Dear all,\nplease find enclosed ...\n", "a text file, no picture: expected JPEG"),
        ("Grüße".encode(), "a text file, no picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC, AVIF or video file"),
        (b"PK\3\4\0\0", "no picture that is read: expected JPEG, PNG, WebP, GIF, BMP or TIFF"),
        (png(0, 5, b"\0"), "0 x 5 pixels"),
        (png(2, 2, b"\0" * 5), "damaged"),
        (saved(Image.new("F", (4, 4)), "TIFF"), "floating-point"),
        (saved(Image.new("I", (4, 4)), "TIFF"), "32-bit"),
    ],
)
def test_what_is_no_picture(data, says):
    assert says in refused(data)


def test_damage_is_noticed_where_a_checksum_tells():
    data = bytearray(png(40, 40, b"".join(b"\0" + bytes(120) for _ in range(40))))
    data[-20] ^= 1  # inside the compressed pixels
    assert "damaged at byte 33" in refused(bytes(data))


def bomb(side: int, kind: int = 6) -> bytes:
    packer = zlib.compressobj(9)
    body = packer.compress(bytes(1 << 24)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def patched(data: bytes, place: int, values: bytes) -> bytes:
    return data[:place] + values + data[place + len(values) :]


def jpeg_of(width: int, height: int, **options: object) -> bytes:
    """A small JPEG whose header claims another size."""
    data = saved(noise(16, 16), "JPEG", **options)
    marker = b"\xff\xc2" if options.get("progressive") else b"\xff\xc0"
    return patched(data, data.index(marker) + 5, struct.pack(">HH", height, width))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bomb(65_000), "65,000 x 65,000 pixels: more than 205 megapixels"),
        (bomb(6_400), "needs 328 MB to be read, more than 150"),
        (bomb(2**31 - 1), "more than 205 megapixels"),
        (jpeg_of(65_500, 65_500), "more than 205 megapixels"),
        (jpeg_of(12_000, 12_000, progressive=True), "baseline JPEG"),
        (patched(GOOD["GIF"], 6, struct.pack("<HH", 60_000, 3_000)), "needs 2,160 MB".replace(",", "")),
        (patched(GOOD["BMP"], 18, struct.pack("<ii", 10_000, -10_000)), "cut short"),
        (saved(Image.new("1", (60_000, 3_000)), "TIFF", compression="group4"), "to be read, more than 150"),
        (saved(Image.new("L", (16_000, 12_000)), "WEBP", method=0), "to be read, more than 150"),
    ],
)
def test_what_would_fill_the_memory_is_refused_by_its_header(data, says, monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.vision.picture.decode_picture", lambda *_: pytest.fail("was decoded"))
    assert says in refused(data)


def test_a_tile_larger_than_its_picture_is_refused():
    entries = [(256, 10), (257, 10), (258, 8), (277, 1), (322, 60_000), (323, 60_000)]
    block = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    assert "to be read, more than 150" in refused(b"II*\0" + struct.pack("<I", 8) + block + bytes(4))


def test_large_photographs_are_read_small():
    data = saved(Image.new("RGB", (9_000, 6_000), (10, 200, 30)), "JPEG")
    assert np.abs(load_picture(data, SPEC).astype(int) - (10, 200, 30)).max() <= 2
    # Whole, 162 MB would be needed: half the size is given.
    assert read_picture(data).shape == (3_000, 4_500, 3)


def test_a_sequential_jpeg_of_several_scans_counts_as_progressive():
    from edgernn.edge_runtime.vision.formats import read_header

    once = read_header(GOOD["JPEG"])
    assert once.extra_bytes == 0
    assert read_header(GOOD["progressive"]).extra_bytes == 60 * 80 * 3  # two bytes for 1.5 samples a pixel (4:2:0)
    place = GOOD["JPEG"].index(b"\xff\xda")
    assert read_header(patched(GOOD["JPEG"], place + 4, b"\1")).extra_bytes > 0


def test_files(tmp_path):
    with pytest.raises(InputError, match=r"missing\.png: No such file"):
        read_picture(tmp_path / "missing.png")
    with pytest.raises(InputError, match="is a folder: name a picture"):
        read_picture(tmp_path)
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(InputError, match="larger than 64 MB"):
        read_picture(large)
    (tmp_path / "note.jpg").write_text("no picture at all")
    with pytest.raises(InputError, match=r"note\.jpg: a text file, no picture"):
        read_picture(tmp_path / "note.jpg")


def test_without_opencv_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.extras.has_module", lambda name: False)
    with pytest.raises(RuntimeUnavailable, match=r'needs cv2, .*: pip install "edgernn\[vision\]"'):
        read_picture(GOOD["PNG"])


def test_more_pictures_behind_the_first_do_no_harm():
    data = GOOD["JPEG"] + GOOD["JPEG"]  # as cameras that store two views do
    reference = np.asarray(Image.open(io.BytesIO(data)))
    assert np.abs(read_picture(data).astype(int) - reference).max() <= 3
