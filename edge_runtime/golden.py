"""Golden vectors: inputs with the outputs that the workstation computed, as JSON that any language can read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.random_tensor import RandomTensor

# Values of one output that a vector keeps: every copy of the file carries them.
_KEPT = 64


@dataclass(frozen=True)
class Sample:
    """Some of an output's values.

    Attributes:
      shape: of the whole output.
      stride: the values kept are those at 0, stride, 2 * stride, ... in row-major order.
      values: [ceil(size / stride)], in the output's dtype.
    """

    shape: tuple[int, ...]
    stride: int
    values: Array

    @classmethod
    def of(cls, output: Array) -> Sample:
        """Keeps all of a small output, and at most `_KEPT` values of a large one."""
        # Odd, so that a stride does not keep to a few channels of an output whose width is a power of two.
        stride = (-(-output.size // _KEPT) | 1) if output.size > _KEPT else 1
        return cls(output.shape, stride, output.ravel()[::stride].copy())

    def difference(self, found: Array) -> float:
        """The greatest absolute difference; infinite where the shapes differ, not a number where a value is none."""
        if found.shape != self.shape:
            return float("inf")
        kept = found.ravel()[:: self.stride].astype(np.float64)
        return float(np.abs(kept - self.values.astype(np.float64)).max(initial=0.0))


@dataclass(frozen=True)
class GoldenVector:
    """One input and its outputs.

    Attributes:
      text: what the inputs were made from, or None for a bare model.
      inputs: by the model's input names, the arrays or how to make them.
      outputs: by the model's output names, as this artifact gave them on the workstation.
      states: to start from, by name; none: zeros.
    """

    text: str | None
    inputs: dict[str, Array | RandomTensor]
    outputs: dict[str, Sample]
    states: dict[str, Array | RandomTensor] = field(default_factory=dict)


def arrays_of(tensors: Mapping[str, Array | RandomTensor]) -> dict[str, Array]:
    """The arrays themselves."""
    return {name: t.values() if isinstance(t, RandomTensor) else t for name, t in tensors.items()}


def golden_to_json(vectors: Sequence[GoldenVector]) -> bytes:
    """UTF-8 JSON; float32 values are written with the digits that give the same bits again."""
    document = [
        {
            "text": vector.text,
            "inputs": {name: _tensor_to_json(tensor) for name, tensor in vector.inputs.items()},
            "states": {name: _tensor_to_json(tensor) for name, tensor in vector.states.items()},
            "outputs": {
                name: {"stride": s.stride, **_array_to_json(s.values), "shape": list(s.shape)}
                for name, s in vector.outputs.items()
            },
        }
        for vector in vectors
    ]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def golden_from_json(data: bytes) -> list[GoldenVector]:
    """The inverse of `golden_to_json`.

    Raises:
      BundleError: not such a document.
    """
    try:
        return [
            GoldenVector(
                item["text"],
                {name: _tensor_from_json(tensor) for name, tensor in item["inputs"].items()},
                {
                    name: Sample(tuple(s["shape"]), int(s["stride"]), np.array(s["data"], np.dtype(s["dtype"])))
                    for name, s in item["outputs"].items()
                },
                {name: _tensor_from_json(tensor) for name, tensor in item["states"].items()},
            )
            for item in json.loads(data)
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BundleError(f"golden vectors cannot be read: {error}") from error


def _tensor_to_json(tensor: Array | RandomTensor) -> dict[str, Any]:
    if not isinstance(tensor, RandomTensor):
        return _array_to_json(tensor)
    return {
        "dtype": tensor.dtype,
        "shape": list(tensor.shape),
        "random": {"seed": tensor.seed, "low": tensor.low, "high": tensor.high},
    }


def _tensor_from_json(item: dict[str, Any]) -> Array | RandomTensor:
    if "random" not in item:
        return np.array(item["data"], dtype=np.dtype(item["dtype"])).reshape(item["shape"])
    tensor = RandomTensor(item["dtype"], tuple(item["shape"]), **item["random"])
    tensor.values()  # faults show now
    return tensor


def _array_to_json(array: Array) -> dict[str, Any]:
    return {"dtype": str(array.dtype), "shape": list(array.shape), "data": _values(array)}


def _values(array: Array) -> list[Any]:
    if array.dtype == np.float32:
        # The shortest digits that identify the float32, instead of those of the equal double.
        return [float(str(value)) for value in array.ravel()]
    values: list[Any] = array.ravel().tolist()
    return values
