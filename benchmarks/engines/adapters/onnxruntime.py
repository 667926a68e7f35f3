"""ONNX Runtime: its fused LSTM and GRU, in float32 and quantized dynamically."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

from adapters.onnx_files import onnx_file

VARIANTS = {"float32": "float32", "dynamic int8": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    path = onnx_file(workload, folder)
    if variant != "float32":
        path = _quantized(path)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    run = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]).run
    sizes = WORKLOADS[workload]
    if not sizes.decodes:
        return Sequence(workload, lambda x: run(None, {"x": x})[0])
    shape = (1, 1, sizes.units)

    def start(hidden: Array) -> list[Array]:
        return [hidden.reshape(shape), np.zeros(shape, np.float32)][: len(sizes.states)]

    def step(token: int, states: list[Array]) -> tuple[Array, Any]:
        logits, *after = run(
            None, {"token": np.array([token], np.int64), **dict(zip(sizes.states, states, strict=True))}
        )
        return logits, after

    return Decoder(workload, step, start)


def _quantized(path: Path) -> Path:
    made = path.with_suffix(".int8.onnx")
    if not made.exists():
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(path, made, weight_type=QuantType.QInt8, per_channel=True)
    return made
