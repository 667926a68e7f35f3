"""Stores a table once that is looked up and multiplied with: tied embeddings (Press and Wolf 2017).

TensorFlow's dynamic-range quantizer makes two copies of it, one with a scale for the look-up and one with a scale a row
for the product. The second serves both, and is the more exact one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert import schema_py_generated as schema

from edgernn.convert.compact import inline_buffers, pack
from edgernn.convert.embedding_lookup import code_of_lookup

_OPS = schema.BuiltinOperator
# Rounding to either grid is off by half a step at most.
_SLACK = 0.51


@dataclass(frozen=True)
class _LookUp:
    """A GATHER in a quantized table, and the DEQUANTIZE of what it gives."""

    gather: Any
    dequantize: Any
    table: Any


def share_tied_tables(model: bytes) -> bytes:
    """The same model with each pair of tables that come from one as one, with a scale a row."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    inline_buffers(tree, model)
    changed = False
    for graph in tree.subgraphs:
        for found in list(_look_ups(tree, graph)):
            index = _same_weights(tree, graph, found.table)
            if index is None:
                continue
            found.gather.inputs = [found.gather.inputs[1], index]
            found.gather.outputs = found.dequantize.outputs
            found.gather.opcodeIndex = code_of_lookup(tree)
            found.gather.builtinOptions, found.gather.builtinOptionsType = None, schema.BuiltinOptions.NONE
            graph.operators = [operator for operator in graph.operators if operator is not found.dequantize]
            changed = True
    return pack(_without_unused(tree)) if changed else model


def _look_ups(tree: Any, graph: Any) -> Iterator[_LookUp]:
    by_input = {int(operator.inputs[0]): operator for operator in graph.operators if len(operator.inputs)}
    for operator in graph.operators:
        if _kind(tree, operator) != _OPS.GATHER:
            continue
        table, ids = (graph.tensors[int(i)] for i in operator.inputs[:2])
        after = by_input.get(int(operator.outputs[0]))
        rows = table.type == schema.TensorType.INT8 and len(table.shape) == 2
        plain = ids.type == schema.TensorType.INT32 and len(ids.shape) == 1
        if rows and plain and after is not None and _kind(tree, after) == _OPS.DEQUANTIZE and _data(tree, table):
            yield _LookUp(operator, after, table)


def _same_weights(tree: Any, graph: Any, table: Any) -> int | None:
    """The index of a product's weights that were quantized from the same floats, by row."""
    for operator in graph.operators:
        if _kind(tree, operator) != _OPS.FULLY_CONNECTED:
            continue
        index = int(operator.inputs[1])
        weights = graph.tensors[index]
        alike = weights.type == schema.TensorType.INT8 and list(weights.shape) == list(table.shape)
        if (
            alike
            and _data(tree, weights)
            and _scales(weights).size == weights.shape[0]
            and _close(tree, table, weights)
        ):
            return index
    return None


def _close(tree: Any, table: Any, weights: Any) -> bool:
    coarse, fine = _scales(table), _scales(weights)
    if coarse.size != 1:
        return False
    difference = np.abs(_values(tree, table) * coarse[0] - _values(tree, weights) * fine[:, None])
    return bool((difference <= _SLACK * (coarse[0] + fine[:, None])).all())


def _without_unused(tree: Any) -> Any:
    """Empties the buffers that no operator reads any more."""
    used = {0}
    for graph in tree.subgraphs:
        ends = [*_as_list(graph.inputs), *_as_list(graph.outputs)]
        read = {i for operator in graph.operators for i in (*_as_list(operator.inputs), *_as_list(operator.outputs))}
        used.update(graph.tensors[i].buffer for i in {*read, *ends} if i >= 0)
    used.update(entry.buffer for entry in tree.metadata or [])
    for number, buffer in enumerate(tree.buffers):
        if number not in used:
            buffer.data = None
    return tree


def _kind(tree: Any, operator: Any) -> int:
    return int(tree.operatorCodes[operator.opcodeIndex].builtinCode)


def _data(tree: Any, tensor: Any) -> bool:
    return tree.buffers[tensor.buffer].data is not None


def _values(tree: Any, tensor: Any) -> npt.NDArray[np.float64]:
    data = np.asarray(tree.buffers[tensor.buffer].data, np.uint8).view(np.int8)
    return data.reshape(list(tensor.shape)).astype(np.float64)


def _scales(tensor: Any) -> npt.NDArray[np.float64]:
    quantization = tensor.quantization
    return np.asarray([] if quantization is None or quantization.scale is None else quantization.scale, np.float64)


def _as_list(indices: Any) -> list[int]:
    return [] if indices is None else [int(index) for index in indices]
