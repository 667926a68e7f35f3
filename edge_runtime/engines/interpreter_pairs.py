"""Encoders and decoders through the classic `Interpreter`: memory and states live here, and travel with every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from edgernn.edge_runtime.engines.base import Array, PairStream, zero_states
from edgernn.edge_runtime.errors import RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


class InterpreterPairStream(PairStream):
    """See base.

    Args:
      runners: of the signatures, in their order.
      execution: mode `encode_step`.
    """

    def __init__(self, runners: list[Any], execution: ExecutionSpec) -> None:
        self._runners = runners
        self._signatures = execution.signatures
        self._memory_names = tuple(tensor.name for tensor in execution.memory)
        self._first = execution.first_states
        self._zeros = zero_states(execution.states)
        self._states = dict(self._zeros)
        self._memory: dict[str, Array] = {}
        self._outputs: dict[str, Array] = {}

    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        """See base."""
        called = self._signatures[signature]
        arrays = {t.name: np.ascontiguousarray(inputs[t.name], dtype=t.dtype) for t in called.inputs}
        if called.part == "step":
            arrays = {**arrays, **self._memory, **self._states}
        try:
            results = self._runners[signature](**arrays)
        except (RuntimeError, ValueError) as error:
            raise RuntimeUnavailable(f"the engine failed on this input: {error}") from error
        if called.part == "step":
            self._states = {name: results.pop(name) for name in self._states}
        else:
            self._memory = {name: results.pop(name) for name in self._memory_names}
            self._states = {**self._zeros, **{name: results.pop(name) for name in self._first}}
        self._outputs = results

    def outputs(self, signature: int) -> dict[str, Array]:
        """See base."""
        return {name: array.copy() for name, array in self._outputs.items()}

    def states(self) -> dict[str, Array]:
        """See base."""
        return {name: array.copy() for name, array in self._states.items()}

    def reset(self) -> None:
        """See base."""
        self._states = dict(self._zeros)

    def set_states(self, states: Mapping[str, Array]) -> None:
        """See base."""
        self._states = {name: np.array(states[name], dtype=array.dtype) for name, array in self._zeros.items()}
