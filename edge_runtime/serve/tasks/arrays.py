"""Bare models over HTTP: arrays in, arrays out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines import Array
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.serve.fields import OBJECT, Emit, Field, Given, Operation
from edgernn.edge_runtime.serve.tasks.base import SessionApi, TaskApi
from edgernn.edge_runtime.session import Session

# Numbers in an answer: some 20 MB of JSON. A short request may ask for more than a small board can hold.
_MOST_NUMBERS = 1_000_000
# Steps that go through the engine in one piece, which nothing ends; a multiple of every chunk of the converter's.
_PIECE = 1024


def run(model: Model, given: Given, emit: Emit | None) -> dict[str, Any]:
    """As `Model.run`."""
    inputs = _arrays(given["inputs"], "inputs")
    states = _arrays(given["states"], "states") if "states" in given else None
    _check_size(model, inputs)
    return _plain(_run(model, inputs, states))


def step(model: Model, session: Session, value: Any) -> dict[str, Any]:
    """As `Session.step`."""
    return _plain(session.step(_value(value, "step")))


def run_session(model: Model, session: Session, value: Any) -> tuple[dict[str, Any], int]:
    """As `Session.run`, and the number of steps."""
    inputs = _value(value, "run")
    named = inputs if isinstance(inputs, dict) else {tensor.name: inputs for tensor in model.manifest.inputs}
    _check_size(model, named)
    found = session.run(inputs)
    assert isinstance(found, dict)  # an iterator for an iterator alone
    return _plain(found), _length(model, named)


def _run(model: Model, inputs: dict[str, Array], states: dict[str, Array] | None) -> dict[str, Array]:
    """Long sequences piece by piece, to the same bits, so that a deadline can end them."""
    execution = model.manifest.execution
    length = _length(model, inputs)
    if execution.mode != "chunked" or length <= _PIECE or states is not None:
        return model.run(inputs, states)
    session = Model.session(model)
    parts = [session.run(_cut(model, inputs, start)) for start in range(0, length, _PIECE)]
    found: dict[str, Array] = {}
    for tensor in model.manifest.outputs:
        arrays = [part[tensor.name] for part in parts if isinstance(part, dict)]
        whole = tensor.name in execution.sequence_outputs
        found[tensor.name] = np.concatenate(arrays, axis=1) if whole else arrays[-1]
    return found


def _cut(model: Model, inputs: dict[str, Array], start: int) -> dict[str, Array]:
    sequences = model.manifest.execution.sequence_inputs
    return {n: a[:, start : start + _PIECE] if n in sequences and a.ndim > 1 else a for n, a in inputs.items()}


def _length(model: Model, inputs: Mapping[str, Any]) -> int:
    shapes = [np.shape(inputs[name]) for name in model.manifest.execution.sequence_inputs if name in inputs]
    return max((shape[1] for shape in shapes if len(shape) > 1), default=1)


def _check_size(model: Model, inputs: Mapping[str, Any]) -> None:
    length = _length(model, inputs)
    sequences = model.manifest.execution.sequence_outputs
    total = sum(
        math.prod(size or 1 for size in tensor.shape) * (length if tensor.name in sequences else 1)
        for tensor in model.manifest.outputs
    )
    if total > _MOST_NUMBERS:
        raise InputError(
            f"the answer would be {total:,} numbers, more than {_MOST_NUMBERS:,}: send fewer steps at once"
        )


def _value(value: Any, where: str) -> Any:
    return _arrays(value, where) if isinstance(value, dict) else _array(value, where)


def _arrays(given: dict[str, Any], where: str) -> dict[str, Array]:
    return {name: _array(value, f"{where}: {name}") for name, value in given.items()}


def _array(value: Any, where: str) -> Any:
    # The session has a way of its own for an id.
    if type(value) is int:
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise InputError(f"{where}: its rows differ in length: give a rectangular list of numbers") from None
    if array.dtype.kind not in "iufb":
        raise InputError(f"{where}: expected numbers, in lists of lists")
    return array


def _plain(outputs: Mapping[str, Array]) -> dict[str, Any]:
    return {"outputs": {name: array.tolist() for name, array in outputs.items()}}


API = TaskApi(
    (
        Operation(
            "",
            "what the model computes of arrays",
            (
                Field("inputs", OBJECT, "arrays by input name, lists of lists with a batch axis of 1"),
                Field("states", OBJECT, "to start from, by name (default: zeros)"),
            ),
            run,
            one_of=("inputs",),
        ),
    ),
    SessionApi(step, {}, None, run_session),
)
