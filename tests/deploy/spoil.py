"""Bundles that are sealed as if they were right, and are not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.bundle.reader import read_bundle
from edgernn.edge_runtime.bundle.writer import file_spec, pack_bundle
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME


def spoiled_values(path: Path) -> bytes:
    """The bundle with other expected outputs."""
    bundle = read_bundle(path)
    document: Any = json.loads(bundle.assets[GOLDEN_NAME])
    assets = {**bundle.assets, GOLDEN_NAME: json.dumps(_shifted(document)).encode("utf-8")}
    manifest = replace(bundle.manifest, assets={key: file_spec(data) for key, data in assets.items()})
    return pack_bundle(bundle.content[: manifest.model.size], manifest, assets)


def spoiled_graph(path: Path) -> bytes:
    """The bundle with a third of its graph overwritten."""
    bundle = read_bundle(path)
    model = bytearray(bundle.content[: bundle.manifest.model.size])
    for place in range(64, len(model), 3):
        model[place] ^= 0x55
    manifest = replace(bundle.manifest, model=file_spec(bytes(model)))
    return pack_bundle(bytes(model), manifest, bundle.assets)


def _shifted(value: Any, inside: bool = False) -> Any:
    if isinstance(value, dict):
        return {key: _shifted(one, inside or key == "outputs") for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, inside) for one in value]
    return value + 1.0 if inside and isinstance(value, float) else value
