"""Random inputs for the proof of a model whose real inputs are not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from edgernn.convert.graph.walk import embedding_layers
from edgernn.convert.request import Arrays
from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.spec.tensors import TensorSpec

# Around the chunk sizes (1, 4, 16), where a lowering would go wrong, and some long ones for drift.
_LENGTHS = (1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 20, 21, 31, 33, 64, 100)
_IDS_WITHOUT_EMBEDDING = 10


def random_cases(model: Any, inputs: Sequence[TensorSpec], max_length: int, seed: int = 0) -> list[Arrays]:
    """One case a length; free axes take it, floats are standard normal, integers are valid ids."""
    generator = np.random.default_rng(seed)
    ids = min((layer.input_dim for layer in embedding_layers(model)), default=_IDS_WITHOUT_EMBEDDING)
    return [
        {tensor.name: _random(generator, tensor, min(length, max_length), ids) for tensor in inputs}
        for length in _LENGTHS
    ]


def _random(generator: np.random.Generator, tensor: TensorSpec, length: int, ids: int) -> Array:
    shape = [length if size is None else size for size in tensor.shape]
    if tensor.dtype == "bool":
        return generator.random(shape) < 0.5
    if tensor.dtype.startswith("int"):
        # Id 0 is left out: where it masks, its treatment is tested with masks of its own.
        return generator.integers(min(1, ids - 1), ids, shape).astype(tensor.dtype)
    return generator.standard_normal(shape).astype(tensor.dtype)
