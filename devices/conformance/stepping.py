"""States: sequences cut anywhere give the same numbers, from states that are not zero."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.models import bundle_tolerance, opened
from edgernn.devices.conformance.plain import random, values
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.random_tensor import RandomTensor
from edgernn.edge_runtime.session import Session

# Lengths that meet every signature: 16, 4 and 1 steps, and their sums.
_LENGTHS = (1, 3, 4, 5, 16, 17, 23, 37)
_STEPS = 5


def step_vectors(folder: Path) -> dict[str, Any]:
    """Steps from given states, whole sequences, models of other modes."""
    return {
        "about": "states and inputs are random tensors; outputs of each step, the states after the last one. "
        "Bounds are parts of the greatest output of the case",
        "cases": [
            _stepped(opened(folder, name, Model), name)
            for name in ("sensor", "words", "pieces", "blanks", "tiny.float32", "tiny.int8", "forward")
        ],
        "runs": [
            _run(opened(folder, name, Model), name, length)
            for name in ("sensor", "tiny.float32", "tiny.int8", "tagger")
            for length in _LENGTHS
            if name != "tagger" or length <= 12
        ],
        "whole": [_run(opened(folder, "series", Model), "series", 0)],
        "pairs": [_pair(opened(folder, "translator", Model), length) for length in (1, 8, 9, 16)],
    }


def _inputs(model: Model, length: int, seed: int) -> dict[str, RandomTensor]:
    """By input name, any size that is free being `length`."""
    found = {}
    for number, one in enumerate(model.manifest.inputs):
        shape = tuple(length if size is None else size for size in one.shape)
        low, high = (2, 8) if one.dtype == "int32" else (-2, 2)
        found[one.name] = RandomTensor(one.dtype, shape, seed + number, low, high)
    return found


def _states(model: Model, seed: int) -> dict[str, RandomTensor]:
    states = model.manifest.execution.states
    return {one.name: RandomTensor(one.dtype, one.shape, seed + n, -1, 1) for n, one in enumerate(states)}


def _stepped(model: Model, name: str) -> dict[str, Any]:
    inputs, states = _inputs(model, _STEPS, 40), _states(model, 50)
    session = Session(model, model.new_stream())
    session.restore({key: one.values() for key, one in states.items()})
    arrays = {key: one.values() for key, one in inputs.items()}
    steps = [session.step({key: array[:, n : n + 1] for key, array in arrays.items()}) for n in range(_STEPS)]
    after = {key: a for key, a in session.snapshot().items() if key in states}
    return {
        "bundle": name,
        "states": {key: random(one) for key, one in states.items()},
        "inputs": {key: random(one) for key, one in inputs.items()},
        "outputs": [{key: values(array) for key, array in step.items()} for step in steps],
        "after": {key: values(array) for key, array in after.items()},
        "tolerance": bundle_tolerance(model),
    }


def _run(model: Model, name: str, length: int) -> dict[str, Any]:
    inputs = _inputs(model, length, 60 + length)
    states = _states(model, 70)
    found = model.run({key: one.values() for key, one in inputs.items()}, _made(states))
    return {
        "bundle": name,
        "states": {key: random(one) for key, one in states.items()},
        "inputs": {key: random(one) for key, one in inputs.items()},
        "outputs": {key: {"shape": list(array.shape), "data": values(array)} for key, array in found.items()},
        "tolerance": bundle_tolerance(model),
    }


def _pair(model: Model, length: int) -> dict[str, Any]:
    """An encoder and a decoder, two targets side by side."""
    source = RandomTensor("int32", (1, length), 80 + length, 4, 100)
    token = RandomTensor("int32", (2, 3), 90 + length, 4, 100)
    found = model.run({"source": source.values(), "token": token.values()})
    # Of wide outputs every seventh value: the file is to stay small.
    return {
        "bundle": "translator",
        "inputs": {"source": random(source), "token": random(token)},
        "stride": 7,
        "outputs": {
            key: {"shape": list(array.shape), "data": values(np.ravel(array)[::7])} for key, array in found.items()
        },
        "tolerance": bundle_tolerance(model),
    }


def _made(states: dict[str, RandomTensor]) -> dict[str, Any] | None:
    return {key: one.values() for key, one in states.items()} or None
