"""Pictures in a model's size: whole numbers throughout, so that every runtime gives the same pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgernn.devices.conformance.plain import random, values
from edgernn.edge_runtime.files import sha256_hex
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture, model_input
from edgernn.edge_runtime.vision.resize import halvings_of

# Larger results are told by their hash alone.
_MOST_VALUES = 800


def picture_vectors(folder: Path) -> dict[str, Any]:
    """Decoded pixels to what a model reads."""
    return {
        "about": "uint8 [height, width] or [height, width, channels] (RGB, RGBA) -> uint8 [size, size, 3], row by row; "
        "sources are int32 random tensors, sha256 is of the bytes",
        "tolerance": 0,
        "cases": [_case(source, spec) for source, spec in _pictures()],
        "inputs": [_input(spec) for spec in _INPUTS],
    }


def _pictures() -> list[tuple[RandomTensor, PictureSpec]]:
    shapes = [(1, 1), (2, 2), (7, 10), (10, 7), (9, 30), (40, 33), (64, 64), (65, 48), (200, 300), (3, 100)]
    found = [
        (_noise((height, width, 3), 100 * height + width), PictureSpec(size, fit))
        for height, width in shapes
        for size, fit in _FITS
    ]
    found += [(_noise((50, 61, 3), seed), PictureSpec(16, "crop", keep=0.875)) for seed in range(3)]
    found += [(_noise((480, 640, 3), 5), PictureSpec(224)), (_noise((301, 200, 3), 6), PictureSpec(224, "pad"))]
    found += [(_noise((20, 30), 7), PictureSpec(8)), (_noise((20, 30, 1), 8), PictureSpec(8))]
    found += [(_noise((21, 30, 4), seed), PictureSpec(8, "pad")) for seed in (9, 10)]
    return found


_FITS: tuple[tuple[int, Literal["crop", "stretch", "pad"]], ...] = ((8, "crop"), (8, "stretch"), (9, "pad"))
_INPUTS = (
    PictureSpec(4),
    PictureSpec(4, mean=127.5, scale=127.5),
    PictureSpec(4, order="bgr", mean=103.94, scale=58.4),
)


def _noise(shape: tuple[int, ...], seed: int) -> RandomTensor:
    return RandomTensor("int32", shape, seed, 0, 256)


def _case(source: RandomTensor, spec: PictureSpec) -> dict[str, Any]:
    pixels = source.values().astype(np.uint8)
    found = load_picture(pixels, spec)
    whole = {"pixels": values(found)} if found.size <= _MOST_VALUES else {}
    return {
        "source": random(source),
        "spec": encode(spec),
        "halvings": halvings_of(pixels.shape[1], pixels.shape[0], spec),
        "sha256": sha256_hex(found.tobytes()),
        **whole,
    }


def _input(spec: PictureSpec) -> dict[str, Any]:
    source = _noise((spec.size, spec.size, 3), 11)
    return {
        "source": random(source),
        "spec": encode(spec),
        "values": values(model_input(source.values().astype(np.uint8), spec)),
    }
