"""How much a model amplifies rounding: the yardstick for errors that no converter could avoid.

A recurrent network can be chaotic: two correct computations of it, which differ in the last bit only, drift apart
with every step. Its own outputs under a change of every weight in the last bit show by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from edgernn.convert.request import Arrays, Rounding

_LAST_BIT = 2.0**-23
# The longest cases drift most.
_CASES = 3


class Reference(Protocol):
    """Runs a Keras model."""

    def run(self, cases: Sequence[Arrays]) -> list[Arrays]:
        """Outputs by case."""


def rounding_of(
    model: Any, keras_reference: Reference, cases: Sequence[Arrays], reference: Sequence[Arrays]
) -> Rounding:
    """Differences between Keras's outputs for some cases and those after its weights changed in the last bit."""
    order = sorted(range(len(cases)), key=lambda i: -sum(array.size for array in cases[i].values()))[:_CASES]
    weights = model.get_weights()
    generator = np.random.default_rng(0)
    try:
        model.set_weights([_nudged(weight, generator) for weight in weights])
        found = keras_reference.run([cases[i] for i in order])
    finally:
        model.set_weights(weights)
    differences = [
        np.abs(found[row][name].astype(np.float64) - reference[i][name].astype(np.float64)).ravel()
        for row, i in enumerate(order)
        for name in reference[i]
    ]
    flat = np.concatenate(differences) if differences else np.zeros(1)
    return Rounding(float(flat.max(initial=0.0)), float(flat.mean()))


def _nudged(weight: Any, generator: np.random.Generator) -> Any:
    if weight.dtype.kind != "f":
        return weight
    signs = generator.choice([-1.0, 1.0], weight.shape)
    return (weight * (1.0 + _LAST_BIT * signs)).astype(weight.dtype)
