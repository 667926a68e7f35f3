"""A loaded bundle: arrays in, arrays out."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.arrays import check_inputs, state_specs
from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import Array, EngineOptions, Stream, open_model
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.plan import chunk_plan, whole_plan
from edgernn.edge_runtime.spec.manifest import Manifest

if TYPE_CHECKING:
    from edgernn.edge_runtime.session import Session


class Model:
    """Any bundle. Tasks derive from it.

    Calls are safe from several threads: they run one after another. The weights are loaded once, however many
    sessions there are.

    Args:
      bundle: read and checked.
      options: how the engine is to run.
      engine: a name out of `edgernn doctor`, or None for the best.

    Attributes:
      lock: held while the engine computes, and until its outputs are read.
      modes: of execution that the class knows.
    """

    modes: tuple[str, ...] = ("chunked", "whole", "dynamic")

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        options = options or EngineOptions()
        if options.threads < 1:
            raise InputError(f"threads must be 1 or more, not {options.threads}")
        self._bundle = bundle
        self._execution = bundle.manifest.execution
        if self._execution.mode not in self.modes:
            task = bundle.manifest.typed_task.name
            raise BundleError(f"{bundle.path}: a model for {task!r} cannot be of the mode {self._execution.mode}")
        self._sizes = tuple(signature.steps for signature in self._execution.signatures)
        self._inputs = bundle.manifest.inputs
        self._output_names = tuple(tensor.name for tensor in bundle.manifest.outputs)
        self._opened, self._engine = open_model(bundle.content, self._execution, options, engine)
        self._stream = self._opened.stream()
        self.lock = threading.Lock()

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self._bundle.manifest

    @property
    def bundle(self) -> Bundle:
        """The file's content."""
        return self._bundle

    @property
    def engine(self) -> str:
        """Name of the engine that runs it."""
        return self._engine

    def run(
        self, inputs: Mapping[str, npt.ArrayLike], states: Mapping[str, npt.ArrayLike] | None = None
    ) -> dict[str, Array]:
        """Computes the model for one example.

        Args:
          inputs: by the Keras input names, shaped as in Keras with a batch axis of 1; any length where
            Keras had None.
          states: to start from, all of those that `manifest.execution.states` names; zeros when None.

        Returns:
          The outputs by name, in Keras's order, float32 (or the integer type that the model gives).

        Raises:
          InputError: a name, shape, dtype or length does not fit; all faults are named.
        """
        arrays = check_inputs(inputs, self._inputs)
        start = None if states is None else check_inputs(states, state_specs(self._execution))
        with self.lock:
            if start is None:
                self._stream.reset()
            else:
                self._stream.set_states(start)
            return self._run_checked(self._stream, arrays)

    def session(self) -> Session:
        """A stream of its own: single steps or pieces of any length, with the states carried on.

        Raises:
          InputError: the model needs the whole sequence at once.
        """
        from edgernn.edge_runtime.session import Session

        if self._execution.mode != "chunked":
            raise InputError(
                "this bundle computes whole sequences only, and has no sessions: a model that looks ahead "
                "(Bidirectional, go_backwards) cannot be fed step by step; convert others with --lowering chunked"
            )
        return Session(self, self.new_stream())

    def new_stream(self) -> Stream:
        """The engine's own interface, with states of its own: for measurements. Hold `lock` around its calls."""
        return self._opened.stream()

    def run_stream(self, stream: Stream, arrays: dict[str, Array]) -> dict[str, Array]:
        """Runs checked arrays through a stream, from its states (`Session.run`)."""
        with self.lock:
            return self._run_checked(stream, arrays)

    def _run_checked(self, stream: Stream, arrays: dict[str, Array]) -> dict[str, Array]:
        if self._sizes[0] == 0:
            return self._run_once(arrays)
        length = self._length(arrays)
        if self._execution.mode == "whole":
            return self._run_whole(arrays, length)
        return self._run_chunked(stream, arrays, length)

    def _length(self, arrays: dict[str, Array]) -> int:
        """Steps of the sequence inputs (0 where the model has none)."""
        names = self._execution.sequence_inputs
        length = arrays[names[0]].shape[1] if names else 0
        if any(arrays[name].shape[1] != length for name in names[1:]):
            raise InputError(f"sequence inputs differ in length: { {name: arrays[name].shape[1] for name in names} }")
        if names and length < 1:
            raise InputError(f"sequence input {names[0]!r} is empty: at least one step is needed")
        return int(length)

    def _run_once(self, arrays: dict[str, Array]) -> dict[str, Array]:
        for name in self._execution.sequence_inputs:
            if arrays[name].shape[1] < 1:
                raise InputError(f"sequence input {name!r} is empty: at least one step is needed")
        self._stream.run(0, arrays)
        return self._stream.outputs(0)

    def _run_chunked(self, stream: Stream, arrays: dict[str, Array], length: int) -> dict[str, Array]:
        sequences = self._execution.sequence_outputs
        pieces = chunk_plan(length, self._sizes)
        if len(pieces) == 1:
            stream.run(pieces[0].signature, arrays)
            return stream.outputs(pieces[0].signature)
        parts: dict[str, list[Array]] = {name: [] for name in sequences}
        outputs: dict[str, Array] = {}
        for piece in pieces:
            stream.run(piece.signature, self._slice(arrays, piece.start, piece.stop))
            if sequences or piece is pieces[-1]:
                outputs = stream.outputs(piece.signature)
                for name in sequences:
                    parts[name].append(outputs[name])
        joined = {name: np.concatenate(pieces_, axis=1) for name, pieces_ in parts.items()}
        return {name: joined[name] if name in joined else outputs[name] for name in self._output_names}

    def _run_whole(self, arrays: dict[str, Array], length: int) -> dict[str, Array]:
        piece = whole_plan(length, self._sizes)
        steps = self._sizes[piece.signature]
        inputs: dict[str, Any] = {name: self._pad(name, array, steps) for name, array in arrays.items()}
        self._stream.run(piece.signature, inputs)
        outputs = self._stream.outputs(piece.signature)
        cut = self._execution.sequence_outputs
        return {
            t.name: outputs[t.name][:, :length] if t.name in cut else outputs[t.name] for t in self.manifest.outputs
        }

    def _slice(self, arrays: dict[str, Array], start: int, stop: int) -> dict[str, Array]:
        sequences = self._execution.sequence_inputs
        return {name: array[:, start:stop] if name in sequences else array for name, array in arrays.items()}

    def _pad(self, name: str, array: Array, steps: int) -> Array:
        missing = steps - array.shape[1] if name in self._execution.sequence_inputs else 0
        if missing <= 0:
            return array
        # Quicker than numpy.pad, by what a short sequence takes.
        padded = np.zeros((array.shape[0], steps, *array.shape[2:]), array.dtype)
        padded[:, : array.shape[1]] = array
        return padded
