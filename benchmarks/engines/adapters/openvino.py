"""OpenVINO's CPU plugin, from the ONNX files: float32, and bfloat16, its default where the processor has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

from adapters.onnx_files import onnx_file

VARIANTS = {"f32": "float32", "bf16": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    core, sizes = ov.Core(), WORKLOADS[workload]
    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": variant,
    }
    compiled = core.compile_model(core.read_model(onnx_file(workload, folder)), "CPU", settings)
    request = compiled.create_infer_request()
    if not sizes.decodes:
        return Sequence(workload, _sequence(request, (1, sizes.steps, sizes.inputs)))
    return _decoder(workload, compiled, request)


def _sequence(request: Any, shape: tuple[int, ...]) -> Any:
    given = ov.Tensor(np.zeros(shape, np.float32))
    request.set_input_tensor(0, given)
    buffer, result = given.data, request.get_output_tensor(0)

    def run(x: Array) -> Array:
        buffer[:] = x
        request.infer()
        return np.array(result.data)

    return run


def _decoder(workload: str, compiled: Any, request: Any) -> Unit:
    sizes = WORKLOADS[workload]
    shape = (1, 1, sizes.units)
    token = ov.Tensor(np.zeros(1, np.int64))
    states = {name: ov.Tensor(np.zeros(shape, np.float32)) for name in sizes.states}
    for name, tensor in {"token": token, **states}.items():
        request.set_tensor(name, tensor)
    position = {name: index for index, output in enumerate(compiled.outputs) for name in output.get_names()}
    logits = request.get_output_tensor(position["y"]).data
    pairs = [(states[s].data, request.get_output_tensor(position[f"{s}_out0"]).data) for s in sizes.states]

    def start(hidden: Array) -> None:
        for number, (before, _) in enumerate(pairs):
            before[:] = hidden.reshape(shape) if number == 0 else 0

    def step(value: int, nothing: Any) -> tuple[Array, None]:
        token.data[0] = value
        request.infer()
        for before, after in pairs:
            before[:] = after
        return logits, None

    return Decoder(workload, step, start)
