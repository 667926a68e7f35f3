"""A stream of its own through a model: steps come when they come, and the states are carried from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.arrays import check_inputs, state_specs
from edgernn.edge_runtime.engines import Array, Stream
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.tensors import TensorSpec

if TYPE_CHECKING:
    from edgernn.edge_runtime.model import Model

StepInput: TypeAlias = "npt.ArrayLike | Mapping[str, npt.ArrayLike]"
# In a snapshot, beside the states: the model that they belong to.
MODEL_KEY = "model_sha256"


class Session:
    """One sequence on its way through a model, made by `Model.session()`.

    Thousands of sessions may share one model: each holds its own states and nothing else, and what one does changes
    no bit of another. Calls of all sessions of a model are safe from several threads; they run one after another.
    The steps of one session are a sequence, so one thread at a time should feed it.

    Args:
      model: that computes.
      stream: the engine's stream, its states zero.
    """

    def __init__(self, model: Model, stream: Stream) -> None:
        self._model = model
        self._stream = stream
        self._execution = model.manifest.execution
        self._one_step = [signature.steps for signature in self._execution.signatures].index(1)
        self._inputs = tuple(_StepSpec(t, t.name in self._execution.sequence_inputs) for t in model.manifest.inputs)
        self._only = self._inputs[0] if len(self._inputs) == 1 else None
        self._lock = model.lock
        self._step_specs = tuple(spec.tensor for spec in self._inputs)
        self._names = {tensor.name for tensor in model.manifest.inputs}

    @property
    def states(self) -> dict[str, tuple[int, ...]]:
        """Shape of each state by name, the batch axis first."""
        return {state.name: state.shape for state in self._execution.states}

    def step(self, inputs: StepInput) -> dict[str, Array]:
        """Computes one time step from the states that the last one left.

        Args:
          inputs: the step's values: for a model of one input an array, else arrays by name. Shaped as in Keras for a
            sequence of one step, [1, 1, ...], or without the leading axes of size 1 ([...], or a number for an id).

        Returns:
          The outputs by name, shaped as in Keras for a sequence of one step.

        Raises:
          InputError: a name, shape or dtype does not fit.
        """
        arrays = self._arrays_at_once(inputs) or self._step_arrays(inputs)
        with self._lock:
            self._stream.run(self._one_step, arrays)
            return self._stream.outputs(self._one_step)

    def run(
        self, inputs: Mapping[str, npt.ArrayLike] | npt.ArrayLike | Iterator[StepInput]
    ) -> dict[str, Array] | Iterator[dict[str, Array]]:
        """Computes many steps from the states that the last one left.

        Args:
          inputs: arrays as `Model.run` takes them (of any length; for a model of one input the array alone), or an
            iterator of single steps as `step` takes them.

        Returns:
          As `Model.run`; for an iterator an iterator of what `step` returns, each computed when it is asked for.

        Raises:
          InputError: a name, shape or dtype does not fit.
        """
        if isinstance(inputs, Iterator):
            return map(self.step, inputs)
        arrays = check_inputs(self._named(inputs), tuple(spec.any_length for spec in self._inputs))
        return self._model.run_stream(self._stream, arrays)

    def reset(self) -> None:
        """Sets every state to zero: a new sequence begins."""
        with self._model.lock:
            self._stream.reset()

    def snapshot(self) -> dict[str, Array]:
        """The states by name, and the model's hash: plain arrays, which `numpy.savez` keeps and any device restores."""
        with self._model.lock:
            states = self._stream.states()
        return {**states, MODEL_KEY: np.array(self._model.manifest.model.sha256)}

    def restore(self, snapshot: Mapping[str, npt.ArrayLike]) -> None:
        """Takes over the states of a snapshot.

        Args:
          snapshot: what `snapshot` gave, here or elsewhere, or states made by hand.

        Raises:
          InputError: it is another model's, or a name, shape or dtype does not fit. The states are then as before.
        """
        given = {name: array for name, array in snapshot.items() if name != MODEL_KEY}
        digest = self._model.manifest.model.sha256
        if str(snapshot.get(MODEL_KEY, digest)) != digest:
            raise InputError("the snapshot is of another model: states are of no use to any but the one that made them")
        states = check_inputs(given, state_specs(self._execution))
        with self._model.lock:
            self._stream.set_states(states)

    def fork(self) -> Session:
        """A session of its own that goes on from the same states."""
        other = self._model.session()
        other.restore(self.snapshot())
        return other

    def _named(self, inputs: StepInput) -> Mapping[str, npt.ArrayLike]:
        if isinstance(inputs, Mapping):
            return inputs
        if len(self._inputs) != 1:
            raise InputError(f"this model has several inputs: give them by name ({', '.join(sorted(self._names))})")
        return {self._inputs[0].name: inputs}

    def _arrays_at_once(self, inputs: StepInput) -> dict[str, Array] | None:
        """The usual case, a value for the only input, without the checks that tell all others apart.

        After a call of the engine the interpreter's own code is out of the processor's cache: each line counts double.
        """
        only = self._only
        if only is None or type(inputs) is dict:
            return None
        array = only.fit(inputs)  # type: ignore[arg-type]
        return {only.name: array} if only.accepts(array) else None

    def _step_arrays(self, inputs: StepInput) -> dict[str, Array]:
        named = self._named(inputs)
        if named.keys() == self._names:
            named = {spec.name: spec.fit(named[spec.name]) for spec in self._inputs}
        return check_inputs(named, self._step_specs)


class _StepSpec:
    """How one input looks for a single step."""

    def __init__(self, tensor: TensorSpec, is_sequence: bool) -> None:
        shape = (*tensor.shape[:1], 1, *tensor.shape[2:]) if is_sequence else tensor.shape
        self.name = tensor.name
        self.tensor = TensorSpec(tensor.name, tensor.dtype, shape)
        # A stream has no end, also where the model was trained on sequences of one length.
        any_length = (*tensor.shape[:1], None, *tensor.shape[2:]) if is_sequence else tensor.shape
        self.any_length = TensorSpec(tensor.name, tensor.dtype, any_length)
        self._dtype = np.dtype(tensor.dtype)
        self._full = tuple(int(size or 1) for size in shape)
        self._is_id = self._dtype.kind == "i" and all(size == 1 for size in self._full)
        self._short = _shorter(self._full, is_sequence)

    def fit(self, value: npt.ArrayLike) -> Array:
        """The value, batch and time axes of size 1 put in where left out; a whole number in the model's own type."""
        if type(value) is int and self._is_id and -(2**31) <= value < 2**31:
            return np.array(value, self._dtype, ndmin=len(self._full))
        array = np.asarray(value)
        return array.reshape(self._full) if array.shape in self._short else array

    def accepts(self, array: Array) -> bool:
        """Whether it can go to the engine as it is; what cannot may still be converted."""
        return array.dtype == self._dtype and array.shape == self._full


def _shorter(shape: tuple[int, ...], is_sequence: bool) -> set[tuple[int, ...]]:
    """The shapes of a step's values without the time axis, the batch axis or both, where these are of size 1."""
    whole = {shape, (shape[0], *shape[2:])} if is_sequence else {shape}
    return (whole | {one[1:] for one in whole} if shape[0] == 1 else whole) - {shape}
