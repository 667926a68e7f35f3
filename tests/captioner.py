"""A captioner of random weights, as a bundle: its captions say nothing, and depend on the picture."""

from __future__ import annotations

import functools
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pairs import BEGIN, END, PAD, UNKNOWN, VOCABULARY, KerasPair, picture_kind

from edgernn.convert.export import export_tflite
from edgernn.convert.pairs.lowering import lower_parts
from edgernn.convert.pairs.parts import find_parts
from edgernn.convert.recipes import find_recipe
from edgernn.convert.request import PairRequest
from edgernn.convert.targets import find_target
from edgernn.convert.tasks.golden import pair_golden
from edgernn.edge_runtime.bundle.writer import file_spec, write_bundle
from edgernn.edge_runtime.golden import golden_to_json
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.spec.data import DataSpec, SplitSpec
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.manifest import (
    GOLDEN_NAME,
    MIN_GOLDEN_VECTORS,
    GoldenSpec,
    Manifest,
    ProofSpec,
    QuantizationSpec,
)
from edgernn.edge_runtime.spec.vision import PictureSpec

# Accents and a full stop, so that files and drawings meet them.
WORDS = ["<pad>", "<unknown>", "<begin>", "<end>", " a", " red", " caf\u00e9", " dog", ".", " \u0440\u044b\u0431\u0430"]
WORDS += [f" word{number}" for number in range(len(WORDS), VOCABULARY)]
MOST = 9
TASK = CaptionSpec(
    *("caption", "tokenizer.json", "en", BEGIN, END, PAD, UNKNOWN, MOST),
    image=PictureSpec(32, keep=0.875, mean=127.0, scale=64.0),
    grid=(4, 4),
)
TOKENIZER = json.dumps({"model": {"type": "WordLevel", "vocab": {word: n for n, word in enumerate(WORDS)}}}).encode()
# Nothing here looks at the golden vectors.
ASSETS = {"tokenizer.json": TOKENIZER, "golden.json": b"[]"}


@functools.cache
def keras_pair() -> KerasPair:
    return KerasPair(_model())


@functools.cache
def _model() -> Any:
    return picture_kind(5)


@functools.cache
def made() -> tuple[bytes, Manifest]:
    """The model's bytes and its manifest, converted once."""
    model, request = _model(), PairRequest(0, (1, 3))
    parts = find_parts(model, request)
    lowered = lower_parts(parts, request)
    recipe, target = find_recipe("float32"), find_target("litert")
    data = export_tflite(model, lowered.signatures, (), recipe, target, lambda stage: None)
    return data, Manifest(
        format_version=1,
        kit_version="0",
        model=file_spec(data),
        assets={name: file_spec(content) for name, content in ASSETS.items()},
        inputs=parts.inputs,
        outputs=parts.outputs,
        execution=lowered.execution,
        quantization=QuantizationSpec("float32", ""),
        target="litert",
        ops=(),
        proof=ProofSpec(0, 0.0, 0.0, 1.0),
        golden=GoldenSpec(16, 0.1),
        task=encode(TASK),
    )


def write_captioner(path: Path, sha256: str | None = None, **changes: Any) -> Path:
    """A bundle whose task is changed so, trained on data of this digest."""
    data, manifest = made()
    manifest = replace(manifest, task=encode(replace(TASK, **changes)))
    if sha256 is not None:
        split = SplitSpec("groups-sha256", 3, {"train": 0.8, "validation": 0.1, "test": 0.1}, {"test": 1})
        manifest = replace(manifest, data=DataSpec("mine", sha256, "unknown", "", "", "", split))
    write_bundle(path, data, manifest, ASSETS)
    return path


@functools.cache
def bundle() -> Path:
    return write_captioner(Path(tempfile.mkdtemp()) / "captioner.tflite")


def picture(seed: int, height: int = 50, width: int = 60) -> np.ndarray:
    """A colour of its own, flat areas, noise; uint8 [height, width, 3]."""
    generator = np.random.default_rng(seed)
    areas = generator.choice([10, 128, 245], 3) + generator.integers(-90, 90, (4, 4, 3))
    large = areas.repeat(-(-height // 4), axis=0).repeat(-(-width // 4), axis=1)[:height, :width]
    return (large + generator.normal(0, 6, large.shape)).clip(0, 255).astype(np.uint8)


def write_fixture(path: Path) -> None:
    """The bundle with golden vectors, as the small bundles of `tests/fixtures` have them."""
    model = load(write_captioner(path))
    size = TASK.image.size
    case = {"picture": np.ones((1, size, size, 3), np.float32), "token": np.array([[BEGIN, VOCABULARY - 1]], np.int32)}
    content = golden_to_json(pair_golden(model, [case], TASK.token))
    data, manifest = made()
    assets = {**ASSETS, GOLDEN_NAME: content}
    manifest = replace(
        manifest,
        assets={name: file_spec(asset) for name, asset in assets.items()},
        golden=GoldenSpec(MIN_GOLDEN_VECTORS, 1e-5),
    )
    write_bundle(path, data, manifest, assets)
