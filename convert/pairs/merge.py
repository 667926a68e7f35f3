"""Several TFLite files as one: each part of a model may be quantized in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from edgernn.convert.compact import compact, inline_buffers, pack
from edgernn.convert.errors import ConversionError


def merge_models(models: Sequence[bytes]) -> bytes:
    """One file with the signatures of all, in this order.

    Args:
      models: whose signatures have different names; equal constants are stored once in the result.

    Raises:
      ConversionError: a graph calls another one.
    """
    first, *others = [_read(model) for model in models]
    for other in others:
        _append(first, other)
    return compact(pack(first))


def _read(model: bytes) -> Any:
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    inline_buffers(tree, model)
    if len(tree.subgraphs) != len(tree.signatureDefs):
        raise ConversionError("a part with a loop in its graph cannot be quantized apart from the others: dynamic_wi8")
    return tree


def _append(tree: Any, other: Any) -> None:
    codes, buffers, graphs = len(tree.operatorCodes), len(tree.buffers), len(tree.subgraphs)
    for graph in other.subgraphs:
        for operator in graph.operators:
            operator.opcodeIndex += codes
        for tensor in graph.tensors:
            # The first buffer of a file is empty, and stands for tensors that hold no constant.
            tensor.buffer = tensor.buffer + buffers if tensor.buffer else 0
    for signature in other.signatureDefs:
        signature.subgraphIndex += graphs
    tree.operatorCodes += other.operatorCodes
    tree.buffers += other.buffers
    tree.subgraphs += other.subgraphs
    tree.signatureDefs += other.signatureDefs
