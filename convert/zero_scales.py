"""Mends a fault of TFLite's 16-bit quantizer: constants of zeros only get a scale of 0, on which kernels abort."""

from __future__ import annotations

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from edgernn.convert.compact import pack

# The scale of values between -1 and 1. Any serves for zeros; kernels want one near that of the other operand.
_SCALE = {schema.TensorType.INT16: 1.0 / 32768.0, schema.TensorType.INT8: 1.0 / 128.0}


def mend_zero_scales(model: bytes) -> bytes:
    """The same model with a positive scale wherever it was 0."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    mended = [_mend(tensor) for graph in tree.subgraphs for tensor in graph.tensors]
    return pack(tree) if any(mended) else model


def _mend(tensor: Any) -> bool:
    quantization = tensor.quantization
    if quantization is None or quantization.scale is None or tensor.type not in _SCALE:
        return False
    scales = np.asarray(quantization.scale, np.float32)
    if np.all(scales > 0):
        return False
    quantization.scale = np.where(scales > 0, scales, np.float32(_SCALE[tensor.type]))
    return True
