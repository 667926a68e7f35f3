"""JSON that any language reads: numbers round-trip, offsets are there for both ways of counting characters."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.random_tensor import RandomTensor

# Bounds that other engines keep to, as a part of the outputs' scale: float32 models by XNNPACK on other processors.
FLOAT_TOLERANCE = 1e-5


def compact(document: dict[str, Any]) -> bytes:
    """A line a case, so that a change of one shows as one."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and len(value) > 1:
            body = ",\n".join(_dumped(item) for item in value)
            lines.append(f"{json.dumps(key)}:[\n{body}\n]")
        else:
            lines.append(f"{json.dumps(key)}:{_dumped(value)}")
    return ("{" + ",\n".join(lines) + "}\n").encode("ascii")


def _dumped(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def number(value: float) -> float | str | None:
    """A number as JSON has it: null is not-a-number, "inf" and "-inf" are infinite."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(value)


def values(array: npt.ArrayLike) -> list[Any]:
    """All values in row-major order; of float32 the shortest digits that give the same float32 again."""
    found = np.asarray(array).ravel()
    if found.dtype == np.float32:
        return [number(float(str(value))) for value in found]
    if found.dtype.kind == "f":
        return [number(value) for value in found.tolist()]
    return list(found.tolist())


def tensor(array: npt.ArrayLike) -> dict[str, Any]:
    """Shape, dtype and values."""
    found = np.asarray(array)
    return {"dtype": str(found.dtype), "shape": list(found.shape), "data": values(found)}


def random(spec: RandomTensor) -> dict[str, Any]:
    """A pseudo-random array, as golden vectors have it."""
    return {
        "dtype": spec.dtype,
        "shape": list(spec.shape),
        "random": {"seed": spec.seed, "low": spec.low, "high": spec.high},
    }


def span16(text: str, start: int, end: int) -> list[int]:
    """Code points [start, end) of a text as UTF-16 units."""
    return [units(text[:start]), units(text[:end])]


def units(text: str) -> int:
    """UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_fields(text: str) -> dict[str, Any]:
    """A text; one with lone surrogates, which not every JSON reader takes, as its UTF-16 units."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        data = text.encode("utf-16-le", "surrogatepass")
        return {"utf16": [int.from_bytes(data[i : i + 2], "little") for i in range(0, len(data), 2)]}
    return {"text": text}
