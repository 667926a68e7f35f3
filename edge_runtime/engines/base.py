"""What the rest of the runtime asks of an engine: open a model, and run streams through it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.engines.packages import version_of
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, StateSpec

Array = npt.NDArray[np.generic]


@dataclass(frozen=True)
class EngineStatus:
    """What is known of one engine on this machine.

    Attributes:
      name: as `load(engine=...)` takes it.
      version: of the package that brings it, or "" where it is not installed.
      available: whether it can be used.
      reason: why it can or cannot, one sentence.
      mend: what to do when it cannot be used, or "".
    """

    name: str
    version: str
    available: bool
    reason: str
    mend: str = ""


@dataclass(frozen=True)
class EngineOptions:
    """How an engine is to run.

    Attributes:
      threads: that one call may use, 1 or more.
      cache: file for the packed weights, which must belong to this model; None keeps them in memory.
    """

    threads: int = 1
    cache: Path | None = None


class Stream(ABC):
    """One sequence on its way through a model: it owns its states.

    The streams of one model share its weights and the buffers for inputs and outputs. Whoever uses them from several
    threads lets no other stream of the model in between `run` and `outputs`.
    """

    @abstractmethod
    def run(self, signature: int, inputs: Mapping[str, Array]) -> None:
        """Runs a signature once, from the states that the last call left.

        Args:
          signature: index into the execution's signatures.
          inputs: every input but the states, in the signature's dtypes and shapes.

        Raises:
          RuntimeUnavailable: the engine failed; the states are then those of before the call.
        """

    @abstractmethod
    def outputs(self, signature: int) -> dict[str, Array]:
        """A copy of what the model's last call of this signature gave, without the states."""

    @abstractmethod
    def states(self) -> dict[str, Array]:
        """A copy of the states as they are now, by name."""

    @abstractmethod
    def reset(self) -> None:
        """Every state is zero for the next call; cheaper than `set_states`."""

    @abstractmethod
    def set_states(self, states: Mapping[str, Array]) -> None:
        """Overwrites every state; `states` must hold all of them, shapes and dtypes as declared."""


class PairStream(Stream):
    """A stream of the mode `encode_step`: it owns a memory and the states of a few rows.

    `run` of an encoder puts its memory and its first states, of one row, in the place of those before; `run` of a step
    reads the memory of the encoder of the same size, which must be the one that ran last, and needs states of as many
    rows as it has. `states` and `set_states` take any number of rows that a step has; `reset` makes them one row of
    zeros.
    """


class OpenModel(ABC):
    """A model that an engine has loaded: weights, shared by all its streams."""

    @abstractmethod
    def stream(self) -> Stream:
        """A new stream, its states zero."""


class Engine(ABC):
    """One way to run TFLite models."""

    name: str
    # The distribution that brings it, and what speaks for it.
    package: str
    merit: str

    @abstractmethod
    def refusal(self) -> tuple[str, str] | None:
        """Why it cannot be used here and what to type to mend it; None where it can."""

    def status(self) -> EngineStatus:
        """Whether it can be used here, and why."""
        refused = self.refusal()
        reason, mend = refused or (self.merit, "")
        return EngineStatus(self.name, version_of(self.package), refused is None, reason, mend)

    @abstractmethod
    def open(self, model: bytes, execution: ExecutionSpec, options: EngineOptions) -> OpenModel:
        """Loads a model from bytes whose hash has been checked.

        Raises:
          RuntimeUnavailable: the engine refuses the model.
        """


def zero_states(states: tuple[StateSpec, ...]) -> dict[str, Array]:
    """Zeros for every declared state."""
    return {state.name: np.zeros(state.shape, state.dtype) for state in states}
