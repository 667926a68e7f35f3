"""The two random generators: the one that sampling draws from, and the one that golden vectors are made by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.plain import random, values
from edgernn.edge_runtime.random_tensor import RandomTensor

_SEEDS = (0, 1, 2, 7, 42, 123456789, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**64 - 1, 2**64 + 5, 2**128 + 3, 10**40)
_TENSORS = (
    RandomTensor("float32", (2, 3), 0),
    RandomTensor("float32", (5,), 2**32 - 1, -8, 8),
    RandomTensor("int32", (7,), 12345, 0, 300),
    RandomTensor("int64", (4,), 9, -1000, 1000),
    RandomTensor("bool", (9,), 3),
    RandomTensor("float32", (0,), 1),
)


def generator_vectors(folder: Path) -> dict[str, Any]:
    """Of each seed the four words that it spreads to, the first words of the generator and the numbers they make."""
    return {
        "about": "numpy.random.default_rng(seed).random(): SeedSequence, PCG64; seeds as decimal digits, words in hex",
        "tolerance": 0,
        "cases": [_generator_case(seed) for seed in _SEEDS],
    }


def _generator_case(seed: int) -> dict[str, Any]:
    state = np.random.SeedSequence(seed).generate_state(4, np.uint64)
    words = np.random.PCG64(seed).random_raw(4)
    return {
        "seed": str(seed),
        "state": [f"{word:016x}" for word in state.tolist()],
        "words": [f"{word:016x}" for word in words.tolist()],
        "doubles": values(np.random.default_rng(seed).random(6)),
    }


def tensor_vectors(folder: Path) -> dict[str, Any]:
    """Arrays by their seeds."""
    return {
        "about": "edgernn.edge_runtime.random_tensor: what golden vectors and these vectors carry instead of arrays",
        "tolerance": 0,
        "cases": [{**random(one), "data": values(one.values())} for one in _TENSORS],
    }
