"""What is timed: one call on a sequence, or one token of a decoding loop, checked against the reference first."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from workloads import WORKLOADS, Array, first_state, reference, sequence, tokens


@dataclass(frozen=True)
class Check:
    """How far an engine's outputs are from the reference's.

    Attributes:
      deviation: greatest absolute difference, as a part of the reference's greatest absolute value.
      agreement: part of the rows with the same argmax.
    """

    deviation: float
    agreement: float


class Unit(ABC):
    """One engine on one workload."""

    @abstractmethod
    def outputs(self) -> Array:
        """Every row of outputs, as in the reference."""

    @abstractmethod
    def once(self) -> int:
        """Runs the workload once; gives the number of parts by which the time is divided."""

    def check(self, name: str) -> Check:
        """Compares with the reference."""
        expected = reference(name)["y"]
        found = np.asarray(self.outputs(), np.float64).reshape(expected.shape)
        deviation = float(np.abs(found - expected).max() / np.abs(expected).max())
        return Check(deviation, float((found.argmax(1) == expected.argmax(1)).mean()))

    def times(self, calls: int) -> list[float]:
        """Microseconds of each of `calls` runs, a part of a run."""
        samples = []
        for _ in range(calls):
            start = time.perf_counter_ns()
            parts = self.once()
            samples.append((time.perf_counter_ns() - start) / 1e3 / parts)
        return samples


class Sequence(Unit):
    """`run(x)` takes float32 [1, steps, inputs] and gives the outputs."""

    def __init__(self, name: str, run: Callable[[Array], Array]) -> None:
        self._x = sequence(name)
        self._run = run

    def outputs(self) -> Array:
        """See base."""
        return self._run(self._x)

    def once(self) -> int:
        """See base."""
        self._run(self._x)
        return 1


class Decoder(Unit):
    """`step(token, state)` gives the logits and the next state; `start(h)` the first one."""

    def __init__(self, name: str, step: Callable[[int, Any], tuple[Array, Any]], start: Callable[[Array], Any]) -> None:
        self._step, self._start = step, start
        self._tokens, self._first = tokens(name), first_state(name)
        self._greedy = name == "W5"
        self._steps = WORKLOADS[name].steps

    def outputs(self) -> Array:
        """See base: fed with the reference's tokens, so that one wrong argmax does not make all that follow wrong."""
        state = self._start(self._first)
        rows = []
        for token in self._tokens:
            logits, state = self._step(token, state)
            rows.append(np.array(logits, np.float64).reshape(1, -1))
        return np.concatenate(rows)

    def once(self) -> int:
        """See base: the loop and the argmax are a part of it."""
        state = self._start(self._first)
        token = self._tokens[0]
        for number in range(self._steps):
            logits, state = self._step(token if self._greedy else self._tokens[number], state)
            token = int(np.argmax(logits))
        return self._steps
