"""Takes single operators out of a TFLite model, to be run alone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array

# The signature of the models that are made here.
ALONE = "alone"
# Copies of an operator in one model: enough to stand out from the call around them, in about this much memory.
_MOST_COPIES, _COPIES_BYTES = 32, 8_000_000
_LEAST_WEIGHT_BYTES = 1024
_NOT_ALONE = frozenset({"WHILE", "IF", "CALL_ONCE", "CUSTOM", "STABLEHLO_COMPOSITE"})
_DTYPES = ("FLOAT32", "INT32", "INT64", "BOOL", "INT16", "INT8", "UINT8")


@dataclass(frozen=True)
class Alone:
    """A model of copies of one operator.

    Attributes:
      model: the TFLite FlatBuffer, with one signature, `ALONE`.
      inputs: zeros for its inputs, by name (zero is a row of every table).
    """

    model: bytes
    inputs: dict[str, Array]


class Kinds:
    """The operators of a model.

    Args:
      schema: the format's schema, as generated for Python.
      root: the model, unpacked.
    """

    def __init__(self, schema: Any, root: Any) -> None:
        self.schema = schema
        self.root = root
        self._names = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}

    def operators_of(self, signature: str) -> list[Operator]:
        """Those of the graph that the signature of this name runs."""
        keys = {s.signatureKey.decode("utf-8"): int(s.subgraphIndex) for s in self.root.signatureDefs or ()}
        graph = self.root.subgraphs[keys.get(signature, 0)]
        return [Operator(self, graph, native) for native in graph.operators]

    def name(self, native: Any) -> str:
        """As the schema calls it."""
        code = self.root.operatorCodes[native.opcodeIndex]
        return str(self._names.get(max(code.builtinCode, code.deprecatedBuiltinCode), "CUSTOM"))

    def constant_bytes(self, tensor: Any) -> int:
        """Size of its value in the file, 0 for what is computed."""
        data = self.root.buffers[tensor.buffer].data
        return 0 if data is None else len(data)


class Operator:
    """One operator of a graph.

    Args:
      kinds: of the model.
      graph: that it is part of.
      native: as the schema has it.

    Attributes:
      name: as in TFLite's schema.
      shapes: of its inputs, constants included, and of its outputs, for people.
      buffers: how many tensors it reads and writes that are no constants.
      has_weights: whether it reads constants of some size.
      can_be_alone: whether it needs no other graph and no code of the user's.
    """

    def __init__(self, kinds: Kinds, graph: Any, native: Any) -> None:
        self._kinds = kinds
        self.native = native
        self.tensors = graph.tensors
        self.name = kinds.name(native)
        inputs, outputs = _present(native.inputs), _present(native.outputs)
        self._computed = [i for i in (*inputs, *outputs) if not kinds.constant_bytes(graph.tensors[i])]
        self.shapes = f"{self._texts(inputs)} -> {self._texts(outputs)}"
        self.buffers = len(self._computed)
        constants = [kinds.constant_bytes(graph.tensors[i]) for i in inputs]
        self.has_weights = max(constants, default=0) >= _LEAST_WEIGHT_BYTES
        self.can_be_alone = self.name not in _NOT_ALONE

    @property
    def key(self) -> tuple[Any, ...]:
        """What two operators have in common that take the same time: all but the values of their weights."""
        options = self.native.builtinOptions
        settings = tuple(sorted((k, str(v)) for k, v in vars(options).items())) if options is not None else ()
        types = tuple(self.tensors[i].type for i in _present(self.native.inputs))
        return self.native.opcodeIndex, settings, self.shapes, types, self.buffers

    @property
    def copies(self) -> int:
        """How many of it to time together."""
        size = sum(4 * math.prod(_shape(self.tensors[i])) for i in self._computed)
        return max(1, min(_MOST_COPIES, _COPIES_BYTES // max(size, 1)))

    def alone(self, copies: int) -> Alone:
        """A model of so many copies of it, each with inputs and outputs of its own."""
        builder = _Builder(self._kinds)
        for _ in range(copies):
            builder.add(self)
        return builder.finish()

    def _texts(self, tensors: list[int]) -> str:
        texts = ["x".join(map(str, _shape(self.tensors[i]))) or "1" for i in tensors]
        return f"{len(texts)} of {texts[0]}" if len(texts) > 2 and len(set(texts)) == 1 else ", ".join(texts)


class _Builder:
    """A model of one graph, in the making."""

    def __init__(self, kinds: Kinds) -> None:
        schema = kinds.schema
        self._kinds = kinds
        self._schema = schema
        self._model = schema.ModelT()
        self._model.version = 3
        self._model.operatorCodes = kinds.root.operatorCodes
        self._model.buffers = [schema.BufferT()]
        self._graph = schema.SubGraphT()
        self._graph.tensors, self._graph.operators = [], []
        self._graph.inputs, self._graph.outputs = [], []
        self._model.subgraphs = [self._graph]
        self._constants: dict[int, int] = {}
        types = vars(schema.TensorType)
        self._dtypes = {types[name]: name.lower() for name in _DTYPES}

    def add(self, operator: Operator) -> None:
        native, tensors = operator.native, operator.tensors
        copy = self._schema.OperatorT()
        copy.__dict__.update(vars(native))
        copy.inputs, copy.outputs = [], []
        for index in native.inputs:
            if index < 0:
                copy.inputs.append(-1)
            elif self._kinds.constant_bytes(tensors[index]):
                copy.inputs.append(self._constant(int(index), tensors[index]))
            else:
                copy.inputs.append(self._tensor(tensors[index], 0))
                self._graph.inputs.append(copy.inputs[-1])
        for index in native.outputs:
            copy.outputs.append(self._tensor(tensors[index], 0))
            self._graph.outputs.append(copy.outputs[-1])
        self._graph.operators.append(copy)

    def finish(self) -> Alone:
        import flatbuffers

        signature = self._schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = ALONE, 0
        signature.inputs, signature.outputs = self._named(self._graph.inputs), self._named(self._graph.outputs)
        self._model.signatureDefs = [signature]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self._model.Pack(builder), b"TFL3")
        tensors = [self._graph.tensors[index] for index in self._graph.inputs]
        zeros = {tensor.name: np.zeros(_shape(tensor), self._dtypes[tensor.type]) for tensor in tensors}
        return Alone(bytes(builder.Output()), zeros)

    def _named(self, tensors: list[int]) -> list[Any]:
        named = []
        for index in tensors:
            entry = self._schema.TensorMapT()
            entry.name, entry.tensorIndex = self._graph.tensors[index].name, index
            named.append(entry)
        return named

    def _constant(self, index: int, tensor: Any) -> int:
        if index not in self._constants:
            self._model.buffers.append(self._kinds.root.buffers[tensor.buffer])
            self._constants[index] = self._tensor(tensor, len(self._model.buffers) - 1)
        return self._constants[index]

    def _tensor(self, tensor: Any, buffer: int) -> int:
        copy = self._schema.TensorT()
        copy.__dict__.update(vars(tensor))
        copy.buffer = buffer
        copy.name = f"t{len(self._graph.tensors)}"
        self._graph.tensors.append(copy)
        return len(self._graph.tensors) - 1


def _present(tensors: Iterable[Any]) -> list[int]:
    return [int(index) for index in tensors if index >= 0]


def _shape(tensor: Any) -> tuple[int, ...]:
    return () if tensor.shape is None else tuple(int(size) for size in tensor.shape)
