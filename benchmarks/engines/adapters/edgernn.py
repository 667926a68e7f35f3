"""EdgeRNN: bundles made by make_models.py, run by the kit's public API."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

from edgernn.edge_runtime import load as load_bundle

VARIANTS = {"float32": "float32", "dynamic_wi8": "reduced", "dynamic_wi4": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    model = load_bundle(folder / f"{workload}.{variant}.edgernn.tflite")
    (output,) = (tensor.name for tensor in model.manifest.outputs)
    if not WORKLOADS[workload].decodes:
        return Sequence(workload, lambda x: model.run({"x": x})[output])
    session = model.session()
    state = next(name for name in session.states if name.endswith("_h"))
    zeros = {name: np.zeros(shape, np.float32) for name, shape in session.states.items()}

    def start(hidden: Array) -> None:
        session.restore({**zeros, state: hidden})

    def step(token: int, nothing: Any) -> tuple[Array, None]:
        return session.step(token)[output], None

    return Decoder(workload, step, start)
