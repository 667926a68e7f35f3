"""Turns GATHER on a constant table into EMBEDDING_LOOKUP, which quantizers know how to store in few bits."""

from __future__ import annotations

from typing import Any

from ai_edge_litert import schema_py_generated as schema

from edgernn.convert.compact import pack

_GATHER, _LOOKUP = schema.BuiltinOperator.GATHER, schema.BuiltinOperator.EMBEDDING_LOOKUP


def use_embedding_lookup(model: bytes) -> bytes:
    """The same model with every look-up of rows in a constant float table by a vector of ids as EMBEDDING_LOOKUP."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    changed = [
        operator for graph in tree.subgraphs for operator in graph.operators if _is_lookup(tree, graph, operator)
    ]
    if not changed:
        return model
    code = code_of_lookup(tree)
    for operator in changed:
        table, ids = operator.inputs[:2]
        operator.inputs = [ids, table]
        operator.opcodeIndex = code
        operator.builtinOptions, operator.builtinOptionsType = None, schema.BuiltinOptions.NONE
    return pack(tree)


def _is_lookup(tree: Any, graph: Any, operator: Any) -> bool:
    if tree.operatorCodes[operator.opcodeIndex].builtinCode != _GATHER:
        return False
    options = operator.builtinOptions
    table, ids = (graph.tensors[i] for i in operator.inputs[:2])
    constant = tree.buffers[table.buffer].data is not None
    return (
        (options is None or (options.axis == 0 and options.batchDims == 0))
        and constant
        and table.type == schema.TensorType.FLOAT32
        and len(table.shape) == 2
        and ids.type == schema.TensorType.INT32
        and len(ids.shape) == 1
    )


def code_of_lookup(tree: Any) -> int:
    """The index of EMBEDDING_LOOKUP among the model's operator codes, added where it is missing."""
    for index, code in enumerate(tree.operatorCodes):
        if code.builtinCode == _LOOKUP:
            return index
    code = schema.OperatorCodeT()
    code.builtinCode, code.deprecatedBuiltinCode, code.version = _LOOKUP, _LOOKUP, 1
    tree.operatorCodes.append(code)
    return len(tree.operatorCodes) - 1
