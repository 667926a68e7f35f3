"""Captions of pictures that are made from seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.models import bundle_tolerance, opened
from edgernn.devices.conformance.plain import number, random, values
from edgernn.edge_runtime.caption.outcome import Caption
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.tasks.caption import ImageCaptioner

_SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"beams": 1},
    {"beams": 5, "n_best": 4},
    {"beams": 2, "length_penalty": 0.0, "max_tokens": 4},
    {"beams": 3, "attention": True},
)
_SHAPES = ((50, 60, 3), (200, 100, 3), (32, 32, 3), (10, 90, 3), (40, 40, 4), (40, 30))


def caption_vectors(folder: Path) -> dict[str, Any]:
    """Captions, where their words looked, streams."""
    model = opened(folder, "captioner", ImageCaptioner)
    return {
        "about": "ImageCaptioner.caption of arrays, which are int32 random tensors as bytes (noise)",
        "tolerance": bundle_tolerance(model),
        "cases": [_case(model, shape, seed, one) for seed, shape in enumerate(_SHAPES) for one in _SETTINGS],
        "streams": [_streamed(model, shape, seed) for seed, shape in enumerate(_SHAPES)],
    }


def _source(shape: tuple[int, ...], seed: int) -> RandomTensor:
    # Few values of wide range: pictures that differ for a network too.
    return RandomTensor("int32", shape, 300 + seed, 40 * seed, 256 - 10 * seed)


def _case(model: ImageCaptioner, shape: tuple[int, ...], seed: int, settings: dict[str, Any]) -> dict[str, Any]:
    source = _source(shape, seed)
    found = model.caption(source.values().astype(np.uint8), **settings)
    return {
        "bundle": "captioner",
        "source": random(source),
        "settings": settings,
        "captions": [_plain(c) for c in found],
    }


def _plain(one: Caption) -> dict[str, Any]:
    looks = [{"word": look.word, "span": list(look.span), "weights": values(look.weights)} for look in one.attention]
    return {"text": one.text, "score": number(one.score), "attention": looks}


def _streamed(model: ImageCaptioner, shape: tuple[int, ...], seed: int) -> dict[str, Any]:
    source = _source(shape, seed)
    parts = list(model.caption(source.values().astype(np.uint8), stream=True))
    return {"bundle": "captioner", "source": random(source), "parts": parts}
