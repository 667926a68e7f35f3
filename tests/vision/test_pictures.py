"""What is read: by hand-computed pixels, and against Pillow."""

from __future__ import annotations

import dataclasses
import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from vision.making import chunk, exif, noise, png, saved

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.decode import decode, encode
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture, model_input, read_picture
from edgernn.edge_runtime.vision.resize import fit, halve, halvings_of

# Two rows of three grey values as the file stores them, and as they are to be seen, by EXIF's eight orientations.
STORED = [[1, 2, 3], [4, 5, 6]]
SEEN = {
    1: [[1, 2, 3], [4, 5, 6]],
    2: [[3, 2, 1], [6, 5, 4]],
    3: [[6, 5, 4], [3, 2, 1]],
    4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]],
    6: [[4, 1], [5, 2], [6, 3]],
    7: [[6, 3], [5, 2], [4, 1]],
    8: [[3, 6], [2, 5], [1, 4]],
}
GREY = np.array(STORED, np.uint8)


def grey_of(picture: np.ndarray) -> list[list[int]]:
    assert (picture == picture[:, :, :1]).all()
    return picture[:, :, 0].tolist()


@pytest.mark.parametrize("orientation", SEEN)
def test_every_orientation_in_every_format(orientation):
    tag = Image.Exif()
    tag[274] = orientation
    block = exif(orientation)
    for data in (
        saved(GREY, "PNG", exif=tag),
        png(3, 2, b"\0\1\2\3\0\4\5\6", kind=0, extra=png_exif(exif(orientation, ">"))),
        saved(np.repeat(GREY[:, :, None], 3, 2), "WEBP", lossless=True, exif=tag),
        saved(GREY, "TIFF", exif=tag),
    ):
        assert grey_of(read_picture(data)) == SEEN[orientation]
    # JPEG is not exact: blocks of 32 pixels, values ten apart.
    large = saved(np.kron(GREY * 10, np.ones((32, 32), np.uint8)), "JPEG", quality=95, exif=b"Exif\0\0" + block)
    middles = read_picture(large)[16::32, 16::32]
    assert np.abs(middles[:, :, 0].astype(int) - 10 * np.array(SEEN[orientation])).max() <= 1


def png_exif(block: bytes) -> bytes:
    return chunk(b"eXIf", block)


@pytest.mark.parametrize(
    "block", [b"", b"II*\0", exif(0), exif(9), exif(6)[:12], b"II*\0\xff\xff\xff\xff" + exif(6)[8:]]
)
def test_a_faulty_orientation_is_none(block):
    assert grey_of(read_picture(png(3, 2, b"\0\1\2\3\0\4\5\6", kind=0, extra=png_exif(block)))) == STORED


def test_transparency_is_blended_with_white():
    # (colour * alpha + 255 * (255 - alpha)) / 255, rounded: 10 * 128 / 255 + 127 = 132.02.
    rows = bytes([0, 10, 0, 255, 128, 200, 100, 0, 51, 7, 8, 9, 255, 7, 8, 9, 0])
    expected = [[[132, 127, 255], [244, 224, 204], [7, 8, 9], [255, 255, 255]]]
    assert read_picture(png(4, 1, rows, kind=6)).tolist() == expected
    array = np.frombuffer(rows[1:], np.uint8).reshape(1, 4, 4)
    assert read_picture(array).tolist() == expected
    assert read_picture(array[:, :, [2, 1, 0, 3]], order="bgr").tolist() == expected
    assert read_picture(saved(Image.fromarray(array), "WEBP", lossless=True, exact=True)).tolist() == expected
    grey = read_picture(png(2, 1, bytes([0, 10, 128, 77, 255]), kind=4))
    assert grey_of(grey) == [[132, 77]]
    # libtiff multiplies by alpha first, which rounds once more.
    assert np.abs(read_picture(saved(array, "TIFF")).astype(int) - expected).max() <= 1


def test_palettes_with_and_without_transparency():
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]))
    assert read_picture(png(3, 1, b"\0\2\1\0", kind=3, extra=palette)).tolist() == [
        [[0, 0, 255], [0, 255, 0], [255, 0, 0]]
    ]
    clear = palette + chunk(b"tRNS", b"\x00\x80")
    found = read_picture(png(3, 1, b"\0\2\1\0", kind=3, extra=clear)).tolist()
    assert found == [[[0, 0, 255], [127, 255, 127], [255, 255, 255]]]


def test_sixteen_bits_keep_their_upper_half():
    rows = b"\0" + np.array([0, 255, 256, 0x12FF, 0xFFFF, 0x8000], ">u2").tobytes()
    assert grey_of(read_picture(png(6, 1, rows, kind=0, depth=16))) == [[0, 0, 1, 0x12, 255, 128]]
    assert read_picture(png(2, 1, rows, kind=2, depth=16)).tolist() == [[[0, 0, 1], [0x12, 255, 128]]]
    with_alpha = b"\0" + np.array([0x0AFF, 0x00FF, 0xFF00, 0x8012], ">u2").tobytes()
    assert read_picture(png(1, 1, with_alpha, kind=6, depth=16)).tolist() == [[[132, 127, 255]]]
    sixteen = np.array([[0x12FF, 0x8000]], np.uint16)
    assert grey_of(read_picture(saved(sixteen, "TIFF"))) == [[0x12, 0x80]]


def test_black_and_white():
    assert grey_of(read_picture(png(9, 1, b"\0\xa5\x80", kind=0, depth=1))) == [[255, 0, 255, 0, 0, 255, 0, 255, 255]]


@pytest.mark.parametrize(
    ("form", "options"),
    [("PNG", {}), ("WEBP", {"lossless": True}), ("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})],
)
def test_formats_without_loss_agree_with_pillow(form, options):
    pixels = noise(37, 53)
    assert np.array_equal(read_picture(saved(pixels, form, **options)), pixels)


def test_the_first_picture_of_an_animation():
    one, two = Image.new("RGB", (4, 3), (200, 0, 0)), Image.new("RGB", (4, 3), (0, 0, 200))
    for form, options in (("GIF", {}), ("PNG", {}), ("WEBP", {"lossless": True})):
        data = saved(one, form, save_all=True, append_images=[two], **options)
        assert (read_picture(data) == (200, 0, 0)).all(), form


def test_jpeg_of_ink():
    # Pillow writes CMYK as Adobe does, inverted: red is 255 * (1 - c) * (1 - k).
    cmyk = Image.new("CMYK", (16, 16), (10, 100, 200, 40))
    expected = [(255 - ink) * (255 - 40) / 255 for ink in (10, 100, 200)]
    assert np.abs(read_picture(saved(cmyk, "JPEG", quality=98)) - expected).max() <= 2


def test_jpeg_in_colour_grey_and_progressive():
    pixels = cv2.resize(noise(5, 7), (70, 50), interpolation=cv2.INTER_CUBIC)
    for options in ({}, {"progressive": True}, {"subsampling": 0}):
        data = saved(pixels, "JPEG", quality=90, **options)
        reference = np.asarray(Image.open(io.BytesIO(data)))
        assert np.abs(read_picture(data).astype(int) - reference).max() <= 2
    grey = saved(pixels[:, :, 0], "JPEG", quality=95)
    assert np.abs(np.array(grey_of(read_picture(grey))) - pixels[:, :, 0]).mean() < 3


def test_files_bytes_and_arrays_are_one(tmp_path):
    pixels, spec = noise(40, 30), PictureSpec(16)
    path = tmp_path / "wrong ending.jpg"
    path.write_bytes(saved(pixels, "PNG"))
    found = load_picture(path, spec)
    assert found.shape == (16, 16, 3)
    for source in (str(path), path.read_bytes(), pixels):
        assert np.array_equal(load_picture(source, spec), found)
    assert np.array_equal(load_picture(pixels[:, :, ::-1], spec, order="bgr"), found)
    grey = pixels[:, :, 0]
    assert np.array_equal(load_picture(grey, spec), load_picture(np.stack([grey] * 3, 2), spec))


def test_the_callers_array_is_not_touched():
    pixels = noise(8, 8, 4)
    before = pixels.copy()
    read_picture(pixels)[:] = 0
    load_picture(pixels[:, :, :3], PictureSpec(8))[:] = 0
    assert np.array_equal(pixels, before)


def test_halves_by_hand():
    pixels = np.array([[0, 1, 10], [1, 0, 10], [9, 9, 9]], np.uint8)[:, :, None].repeat(3, 2)
    assert grey_of(halve(pixels, 1)) == [[1]]  # 2 / 4 is rounded up; the odd row and column are left out
    pixels = np.array([[0, 0, 255, 255], [0, 1, 255, 254]], np.uint8)[:, :, None].repeat(3, 2)
    assert grey_of(halve(pixels, 1)) == [[0, 255]]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_halves_are_rounded_means(height, width, seed):
    pixels = noise(2 * height, 2 * width, seed=seed)
    sums = pixels.astype(int).reshape(height, 2, width, 2, 3).sum((1, 3))
    assert np.array_equal(halve(pixels, 1), (sums + 2) // 4)


def linear(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear interpolation in 64 bits, pixel centres at halves."""
    for axis, size in ((0, height), (1, width)):
        places = np.clip((np.arange(size) + 0.5) * pixels.shape[axis] / size - 0.5, 0, pixels.shape[axis] - 1)
        low = np.floor(places).astype(int)
        high = np.minimum(low + 1, pixels.shape[axis] - 1)
        share = (places - low).reshape(-1, *[1] * (2 - axis))
        pixels = np.take(pixels, low, axis) * (1 - share) + np.take(pixels, high, axis) * share
    return pixels


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_bilinear_step(height, width, size, seed):
    pixels = noise(height, width, seed=seed)
    found = fit(pixels, PictureSpec(size, "stretch"))
    assert np.abs(found - linear(pixels, size, size)).max() <= 1.001


def test_golden_pixels():
    """These never change: a bundle's model has learnt them. Rules that give others need a new number."""
    ramp = (np.arange(7)[:, None] * 30 + np.arange(10)[None] * 5).astype(np.uint8)
    # Halved once: 60 * row + 10 * column + 17.5, rounded up, in 3 rows and 5 columns.
    stretched = [[21, 38, 55], [81, 98, 115], [141, 158, 175]]
    assert grey_of(load_picture(ramp, PictureSpec(3, "stretch"))) == stretched
    assert grey_of(load_picture(ramp, PictureSpec(3, "crop"))) == [[28, 38, 48], [88, 98, 108], [148, 158, 168]]
    padded = [[255] * 4, [34, 47, 59, 72], [124, 137, 149, 162], [255] * 4]
    assert grey_of(load_picture(ramp, PictureSpec(4, "pad"))) == padded


def test_crops_and_margins():
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    assert (load_picture(pixels, PictureSpec(10, "crop")) == 200).all()
    pixels[0] = 90
    assert (load_picture(pixels, PictureSpec(8, "crop", keep=0.8)) == 200).all()
    wide = load_picture(np.full((10, 30, 3), 7, np.uint8), PictureSpec(15, "pad"))
    assert (wide[5:10] == 7).all()
    assert (wide[:5] == 255).all()
    assert (wide[10:] == 255).all()


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 512), st.sampled_from(["stretch", "crop", "pad"]))
def test_a_picture_is_halved_as_often_as_it_stays_large_enough(width, height, size, how):
    spec = PictureSpec(size, how)
    times = halvings_of(width, height, spec)
    side = max(width, height) if how == "pad" else min(width, height)
    assert min(width, height) >> times >= 1
    assert times == 0 or side >> times >= size
    assert side >> times + 1 < size or min(width, height) >> times + 1 < 1


def test_stripes_make_no_difference(monkeypatch):
    pixels, spec = noise(70, 50, 4), PictureSpec(9)
    whole = load_picture(saved(pixels, "PNG"), spec)
    monkeypatch.setattr("edgernn.edge_runtime.vision.picture._STRIPE_PIXELS", 1)
    assert np.array_equal(load_picture(saved(pixels, "PNG"), spec), whole)


def test_jpeg_shrinks_while_it_is_decoded():
    smooth = cv2.resize(noise(6, 8), (640, 480), interpolation=cv2.INTER_CUBIC)
    data, spec = saved(smooth, "JPEG", quality=95), PictureSpec(40)
    assert halvings_of(640, 480, spec) == 3
    # Its decoder's filter is not the mean of blocks, but near to it.
    assert np.abs(load_picture(data, spec).astype(int) - load_picture(smooth, spec)).mean() < 2


def test_one_pixel_and_extreme_shapes():
    for shape in ((1, 1), (1, 5000), (5000, 1)):
        for how in ("stretch", "crop", "pad"):
            found = load_picture(np.full(shape, 9, np.uint8), PictureSpec(32, how))
            assert found.shape == (32, 32, 3)
            assert 9 in found


def test_what_a_model_reads():
    spec = PictureSpec(1)
    found = model_input(np.array([[[0, 127, 255]]], np.uint8), spec)
    assert found.dtype == np.float32
    assert found.tolist() == [[[-0.9921875, 0.0, 1.0]]]
    turned = model_input(
        np.array([[[0, 127, 255]]], np.uint8), dataclasses.replace(spec, order="bgr", mean=0.0, scale=1.0)
    )
    assert turned.tolist() == [[[255.0, 127.0, 0.0]]]


def test_a_bundle_can_carry_the_rule():
    spec = PictureSpec(224, "pad", 0.875, "bgr", 127.5, 127.5)
    assert decode(PictureSpec, encode(spec), "picture", []) == spec
    assert list(spec.faults()) == []
    faults = list(PictureSpec(0, keep=0.0, mean=300.0, scale=0.0, rules=2).faults())
    assert [fault.split(":")[0] for fault in faults] == [
        *("picture.size", "picture.keep", "picture.mean", "picture.scale", "picture.rules"),
    ]


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4, 3), np.float32),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((1, 4, 4, 3), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
    ],
)
def test_arrays_that_are_no_pictures(array):
    with pytest.raises(InputError, match=r"^picture: an array of .*"):
        read_picture(array)
