"""Makes a TFLite file smaller without a change in what it computes: what is written twice is shared.

Signatures repeat each other: their tensors carry the same scales (one a row of a table, for each signature again)
and long names that nobody reads. A FlatBuffer may point to one copy of equal parts from many places.
"""

from __future__ import annotations

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

_IDENTIFIER = b"TFL3"
# Longer vectors are weights, which are shared as buffers.
_LONG = 64


def compact(model: bytes) -> bytes:
    """The same model with equal constants and quantization parameters once, and without the names of inner tensors."""
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    inline_buffers(tree, model)
    _share_buffers(tree)
    shared: dict[bytes, _Shared] = {}
    for graph in tree.subgraphs:
        ends = {*_as_list(graph.inputs), *_as_list(graph.outputs)}
        for index, tensor in enumerate(graph.tensors):
            if index not in ends:
                tensor.name = b""
            if tensor.quantization is not None:
                tensor.quantization = _share(tensor.quantization, shared)
    return pack(tree)


def pack(tree: Any) -> bytes:
    """A `schema.ModelT` as a FlatBuffer."""
    builder = _SharingBuilder(1 << 20)
    builder.Finish(tree.Pack(builder), file_identifier=_IDENTIFIER)
    return bytes(builder.Output())


class _SharingBuilder(flatbuffers.Builder):  # type: ignore[misc]
    """Writes equal vectors and texts once: the shapes of a thousand tensors are a few different ones."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._vectors: dict[tuple[str, bytes], int] = {}
        self._texts: dict[Any, int] = {}

    def CreateNumpyVector(self, x: Any) -> int:  # noqa: N802
        if len(x) > _LONG:
            return int(super().CreateNumpyVector(x))
        key = x.dtype.str, x.tobytes()
        if key not in self._vectors:
            self._vectors[key] = int(super().CreateNumpyVector(x))
        return self._vectors[key]

    def CreateString(self, s: Any, encoding: str = "utf-8", errors: str = "strict") -> int:  # noqa: N802
        if s not in self._texts:
            self._texts[s] = int(super().CreateString(s, encoding, errors))
        return self._texts[s]


def inline_buffers(tree: Any, model: bytes) -> None:
    """Weights may lie behind the FlatBuffer, found by an offset that would no longer be right."""
    for buffer in tree.buffers:
        if buffer.offset and buffer.offset > 1:
            buffer.data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
            buffer.offset, buffer.size = 0, 0


def _share_buffers(tree: Any) -> None:
    """Lets tensors of equal content point to one buffer."""
    first: dict[bytes, int] = {}
    same: dict[int, int] = {}
    for number, buffer in enumerate(tree.buffers):
        if buffer.data is not None:
            same[number] = first.setdefault(np.asarray(buffer.data, np.uint8).tobytes(), number)
            if same[number] != number:
                buffer.data = None
    for graph in tree.subgraphs:
        for tensor in graph.tensors:
            tensor.buffer = same.get(tensor.buffer, tensor.buffer)
    for entry in tree.metadata or []:
        entry.buffer = same.get(entry.buffer, entry.buffer)


def _share(parameters: Any, shared: dict[bytes, _Shared]) -> Any:
    key = _key(parameters)
    if key is None:
        return parameters
    return shared.setdefault(key, _Shared(parameters))


def _key(parameters: Any) -> bytes | None:
    """Equal for equal parameters; None for those of a kind that is rare and left as it is."""
    if parameters.detailsType or parameters.details is not None:
        return None
    fields = (parameters.scale, parameters.zeroPoint, parameters.min, parameters.max)
    arrays = [np.asarray([] if field is None else field) for field in fields]
    return b"|".join(
        [str(parameters.quantizedDimension).encode(), *(a.dtype.str.encode() + a.tobytes() for a in arrays)]
    )


class _Shared:
    """Stands for quantization parameters in the object tree; packs them once in a builder."""

    def __init__(self, parameters: Any) -> None:
        self._parameters = parameters
        self._offset: int | None = None

    def Pack(self, builder: Any) -> int:  # noqa: N802 - the name that the generated code calls
        if self._offset is None:
            self._offset = int(self._parameters.Pack(builder))
        return self._offset


def _as_list(indices: Any) -> list[int]:
    return [] if indices is None else [int(index) for index in indices]
