"""Golden vectors: inputs with the outputs that the workstation computed, as JSON that any language can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array
from edgernn.edge_runtime.errors import BundleError


@dataclass(frozen=True)
class GoldenVector:
    """One input and its outputs.

    Attributes:
      text: what the inputs were made from, or None for a bare model.
      inputs: arrays by the model's input names.
      outputs: arrays by the model's output names, as this artifact gave them on the workstation.
    """

    text: str | None
    inputs: dict[str, Array]
    outputs: dict[str, Array]


def golden_to_json(vectors: Sequence[GoldenVector]) -> bytes:
    """UTF-8 JSON; float32 values are written with the digits that give the same bits again."""
    document = [
        {
            "text": vector.text,
            "inputs": _arrays_to_json(vector.inputs),
            "outputs": _arrays_to_json(vector.outputs),
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
            GoldenVector(item["text"], _arrays_from_json(item["inputs"]), _arrays_from_json(item["outputs"]))
            for item in json.loads(data)
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BundleError(f"golden vectors cannot be read: {error}") from error


def _arrays_to_json(arrays: dict[str, Array]) -> dict[str, Any]:
    return {
        name: {"dtype": str(array.dtype), "shape": list(array.shape), "data": _values(array)}
        for name, array in arrays.items()
    }


def _values(array: Array) -> list[Any]:
    if array.dtype == np.float32:
        # The shortest digits that identify the float32, instead of those of the equal double.
        return [float(str(value)) for value in array.ravel()]
    values: list[Any] = array.ravel().tolist()
    return values


def _arrays_from_json(document: dict[str, Any]) -> dict[str, Array]:
    return {
        name: np.array(item["data"], dtype=np.dtype(item["dtype"])).reshape(item["shape"])
        for name, item in document.items()
    }
