"""Sample inputs for the static recipes: from the user's file, and through a lowered model's signatures."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.convert.request import Arrays
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.tensors import ExecutionSpec

# More samples than these change ranges little, and each costs a call of slow kernels. Calls by signature.
_MAX_CALLS = 400


def read_calibration(source: str | os.PathLike[str] | dict[str, Any], batch: int = 1) -> list[Arrays]:
    """One case for every `batch` examples; what is left of them is not used.

    Args:
      source: a .npz file, or arrays by input name, each [examples, ...].
      batch: examples that the model takes at once.

    Raises:
      InputError: not that, arrays of different numbers of examples, or fewer than a batch.
    """
    arrays = _load(source) if isinstance(source, (str, os.PathLike)) else {k: np.asarray(v) for k, v in source.items()}
    counts = {name: (len(array) if array.ndim else 0) for name, array in arrays.items()}
    if not arrays or len(set(counts.values())) != 1 or not min(counts.values()):
        raise InputError(
            f"calibration data must hold arrays [examples, ...] with as many examples each, found {counts}"
        )
    starts = range(0, min(counts.values()) - batch + 1, batch)
    if not starts:
        raise InputError(f"calibration data holds {min(counts.values())} examples, fewer than a batch of {batch}")
    return [{name: array[i : i + batch] for name, array in arrays.items()} for i in starts]


def _load(path: str | os.PathLike[str]) -> Arrays:
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path}: cannot be read as .npz with arrays by input name: {error}") from error


def reached_states(execution: ExecutionSpec, functions: Sequence[Any], case: Arrays) -> Arrays:
    """The states that the model is in before the last step of a case; `functions` are the traced signatures."""
    *_, last = _walk(execution, execution.signatures[-1].steps, functions[-1], case)
    return {state.name: last[state.name] for state in execution.states}


def calibration_samples(
    execution: ExecutionSpec, functions: Sequence[Any], cases: Sequence[Arrays]
) -> Iterator[tuple[str, Arrays]]:
    """Every signature's inputs while it computes the cases, states handed on as the runtime does.

    Args:
      execution: of the lowered model.
      functions: the traced signatures, in its order.
      cases: inputs of the whole model.
    """
    for signature, function in zip(execution.signatures, functions, strict=True):
        calls = 0
        for case in cases:
            for inputs in _walk(execution, signature.steps, function, case):
                yield signature.name, inputs
                calls += 1
            if calls >= _MAX_CALLS:
                break


def _walk(execution: ExecutionSpec, steps: int, function: Any, case: Arrays) -> Iterator[Arrays]:
    states = {s.name: np.zeros(s.shape, s.dtype) for s in execution.states}
    sequences = execution.sequence_inputs
    length = max((case[name].shape[1] for name in sequences), default=0)
    if not steps:
        yield dict(case)
        return
    whole = execution.mode == "whole"
    for start in range(0, length if not whole else 1, steps):
        inputs = {
            name: _fitted(array[:, start : start + steps], steps) if name in sequences else array
            for name, array in case.items()
        }
        yield {**inputs, **states}
        if states:
            import tensorflow as tf

            results = function(**{name: tf.constant(array) for name, array in {**inputs, **states}.items()})
            states = {name: results[name].numpy() for name in states}


def _fitted(array: Any, steps: int) -> Any:
    missing = steps - array.shape[1]
    return np.pad(array, [(0, 0), (0, missing)] + [(0, 0)] * (array.ndim - 2), mode="edge") if missing else array
