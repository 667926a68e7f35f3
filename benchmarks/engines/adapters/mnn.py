"""MNN's Module interface, from the ONNX files: float32, and 8-bit weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import MNN.expr as expr
import numpy as np
from MNN import nn
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

from adapters.onnx_files import onnx_file

VARIANTS = {"float32": "float32", "int8 weights": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    sizes = WORKLOADS[workload]
    reduced = variant != "float32"
    path = _converted(onnx_file(workload, folder), reduced)
    settings = {
        "precision": "high",
        "backend": "CPU",
        "numThread": 1,
        "memory": "low" if reduced else "normal",
    }
    manager = nn.create_runtime_manager((settings,))
    inputs = ["token", *sizes.states] if sizes.decodes else ["x"]
    outputs = ["y", *(f"{s}_out0" for s in sizes.states)] if sizes.decodes else ["y"]
    # With shapes declared fixed, a model of two loops (W2, W6) gives wrong results.
    module = nn.load_module_from_file(str(path), inputs, outputs, runtime_manager=manager, shape_mutable=True)
    unit = _decoder(workload, module) if sizes.decodes else _sequence(workload, module)
    # Nothing else holds the manager, and the module needs it.
    unit.keep = manager  # type: ignore[attr-defined]
    return unit


def _sequence(workload: str, module: Any) -> Unit:
    sizes = WORKLOADS[workload]
    given = expr.placeholder([1, sizes.steps, sizes.inputs], expr.NCHW)

    def run(x: Array) -> Array:
        given.write(x)
        found: Array = module.forward([given])[0].read()
        return found

    return Sequence(workload, run)


def _decoder(workload: str, module: Any) -> Unit:
    sizes = WORKLOADS[workload]
    shape = [1, 1, sizes.units]
    token = expr.placeholder([1], expr.NCHW, expr.int)
    buffer = np.zeros(1, np.int32)

    def variable(values: Array) -> Any:
        made = expr.placeholder(shape, expr.NCHW)
        made.write(values)
        return made

    def start(hidden: Array) -> list[Any]:
        return [variable(a.reshape(shape)) for a in (hidden, np.zeros_like(hidden))[: len(sizes.states)]]

    def step(value: int, states: list[Any]) -> tuple[Array, list[Any]]:
        buffer[0] = value
        token.write(buffer)
        logits, *after = module.forward([token, *states])
        return logits.read(), after

    return Decoder(workload, step, start)


def _converted(path: Path, reduced: bool) -> Path:
    """Converts with the extension itself: the `mnnconvert` command installs packages and reports home."""
    made = path.with_suffix(".int8.mnn" if reduced else ".mnn")
    if not made.exists():
        import _tools

        words = ["mnnconvert", "-f", "ONNX", "--modelFile", str(path), "--MNNModel", str(made), "--bizCode", "edgernn"]
        _tools.mnnconvert([*words, *(["--weightQuantBits", "8"] if reduced else [])])
    return made
