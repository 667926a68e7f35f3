"""Models of two parts: an encoder that runs once, and a decoder's step that runs for each token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.arrays import check_inputs, state_specs
from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import Array, EngineOptions, Stream
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.plan import whole_plan
from edgernn.edge_runtime.spec.tensors import TensorSpec

Ids = npt.NDArray[np.intp]


class EncoderDecoder(Model):
    """A bundle of the mode `encode_step`. Translators and captioners derive from it. See `Model` for the arguments."""

    modes = ("encode_step",)

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        signatures = self._execution.signatures
        # From the longest; as `whole_plan` takes them.
        self._encoders = [number for number, s in enumerate(signatures) if s.part == "encode"]
        self._lengths = tuple(signatures[number].steps for number in self._encoders)
        self._steps = {(s.steps, s.rows): number for number, s in enumerate(signatures) if s.part == "step"}
        self._encoder_inputs = tuple(tensor.name for tensor in signatures[self._encoders[0]].inputs)
        self._free: list[Stream] = [self._stream]

    def run(
        self, inputs: Mapping[str, npt.ArrayLike], states: Mapping[str, npt.ArrayLike] | None = None
    ) -> dict[str, Array]:
        """Computes what follows each token of a target.

        Args:
          inputs: the encoder's (a source [1, length]), and the decoder's with a time axis (the target's tokens from the
            beginning, [1, time]). With [rows, time] several targets of the one source are computed side by side.
          states: of the decoder, [rows, ...], to start from in place of those that the encoder gives.

        Returns:
          The outputs of the step by name, [rows, time, ...].

        Raises:
          InputError: a name, shape, dtype or length does not fit; all faults are named.
        """
        rows = _rows_of(inputs, [t.name for t in self._inputs if t.name not in self._encoder_inputs])
        arrays = check_inputs(inputs, tuple(self._with_rows(tensor, rows) for tensor in self._inputs))
        start = None
        if states is not None:
            start = check_inputs(states, tuple(_repeated(tensor, rows) for tensor in state_specs(self._execution)))
        steps = {name: array for name, array in arrays.items() if name not in self._encoder_inputs}
        length = min(array.shape[1] for array in steps.values())
        if length < 1 or any(array.shape[1] != length for array in steps.values()):
            raise InputError(f"{', '.join(steps)}: as many steps each, and at least one, are needed")
        decoding = self.encode({name: arrays[name] for name in self._encoder_inputs})
        try:
            if start is not None:
                decoding.set_states(start)
            found = [
                decoding.step(
                    {name: np.ascontiguousarray(array[:, t : t + 1]) for name, array in steps.items()},
                    None if t or start is not None else [0] * rows,
                )
                for t in range(length)
            ]
        finally:
            decoding.close()
        return {name: np.stack([outputs[name] for outputs in found], axis=1) for name in self._output_names}

    def encode(self, inputs: Mapping[str, Array]) -> Decoding:
        """Runs the encoder.

        Args:
          inputs: its own, checked.

        Raises:
          InputError: a source is empty, or longer than the longest encoder.
        """
        sequences = [name for name in self._encoder_inputs if name in self._execution.sequence_inputs]
        length = inputs[sequences[0]].shape[1] if sequences else 0
        if sequences and length < 1:
            raise InputError(f"sequence input {sequences[0]!r} is empty: at least one step is needed")
        place = whole_plan(length, self._lengths).signature if sequences else 0
        size = self._lengths[place]
        padded = {name: self._pad(name, array, size) for name, array in inputs.items()}
        try:
            stream = self._free.pop()
        except IndexError:  # others are in use
            stream = self.new_stream()
        with self.lock:
            stream.run(self._encoders[place], padded)
        return Decoding(self, stream, length, size)

    def longest(self) -> int:
        """Steps of the longest source."""
        return self._lengths[0]

    def row_sizes(self, size: int) -> list[int]:
        """How many rows the steps for a memory of this size take, the fewest first."""
        return sorted(rows for steps, rows in self._steps if steps == size)

    def run_step(self, stream: Stream, size: int, rows: int, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """One step of a stream whose states have so many rows (`Decoding`)."""
        signature = self._steps[size, rows]
        with self.lock:
            stream.run(signature, inputs)
            return stream.outputs(signature)

    def release(self, stream: Stream) -> None:
        """Takes a stream back: its buffers serve again."""
        self._free.append(stream)

    def cut_to(self, name: str, length: int) -> bool:
        """Whether an output's last axis is the source's, of this length."""
        return bool(length) and name in self._source_outputs()

    def _source_outputs(self) -> set[str]:
        return {t.name for t in self.manifest.outputs if len(t.shape) > 2 and t.shape[-1] is None}

    def _with_rows(self, tensor: TensorSpec, rows: int) -> TensorSpec:
        return tensor if tensor.name in self._encoder_inputs else _repeated(tensor, rows)


class Decoding:
    """One source that has been encoded, and the sequences that are being made from it.

    Args:
      model: that computes.
      stream: which has run the encoder.
      length: of the source; 0 where it has none.
      size: of the memory.
    """

    def __init__(self, model: EncoderDecoder, stream: Stream, length: int, size: int) -> None:
        self._model, self._stream = model, stream
        self._length, self._size = length, size
        self._row_sizes = model.row_sizes(size)
        # Rows that the stream's states have; where several calls make up a step, all states are here.
        self._rows = 1
        self._held: dict[str, Array] | None = None
        self._cut = [t.name for t in model.manifest.outputs if model.cut_to(t.name, length)]

    def step(self, inputs: Mapping[str, Array], parents: Sequence[int] | Ids | None = None) -> dict[str, Array]:
        """Takes each sequence a step further.

        Args:
          inputs: the step's own, [sequences, 1, ...].
          parents: for each of them the number of the one, among those before, that it goes on from; None: as they are.

        Returns:
          The step's outputs by name, [sequences, ...].
        """
        count = len(next(iter(inputs.values())))
        rows = next((size for size in self._row_sizes if size >= count), self._row_sizes[-1])
        moved = parents is not None and not np.array_equal(parents, np.arange(count))
        if rows >= count and self._held is None and rows == self._rows and not moved:
            return self._run(inputs, count, rows)
        states = self.states()
        picked = states if parents is None else {name: array[np.asarray(parents)] for name, array in states.items()}
        if rows >= count:
            self._held, self._rows = None, rows
            self._stream.set_states({name: _padded(array, rows) for name, array in picked.items()})
            return self._run(inputs, count, rows)
        return self._run_blocks(inputs, picked, count, rows)

    def states(self) -> dict[str, Array]:
        """The states by name, [rows, ...]; there may be more rows than sequences."""
        return self._stream.states() if self._held is None else self._held

    def set_states(self, states: Mapping[str, Array]) -> None:
        """Puts these, [sequences, ...], in the place of the states."""
        self._held = dict(states)

    def close(self) -> None:
        """The model may use the buffers for another source."""
        self._model.release(self._stream)

    def __enter__(self) -> Decoding:
        """As `contextlib.closing`."""
        return self

    def __exit__(self, *error: object) -> None:
        """See `close`."""
        self.close()

    def _run_blocks(
        self, inputs: Mapping[str, Array], states: Mapping[str, Array], count: int, rows: int
    ) -> dict[str, Array]:
        parts: list[dict[str, Array]] = []
        after: list[dict[str, Array]] = []
        for block in _blocks(count, rows):
            self._stream.set_states({name: _padded(array[block], rows) for name, array in states.items()})
            parts.append(self._run({n: a[block] for n, a in inputs.items()}, len(range(count)[block]), rows))
            after.append(self._stream.states())
        self._held = {name: np.concatenate([part[name] for part in after])[:count] for name in states}
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _run(self, inputs: Mapping[str, Array], count: int, rows: int) -> dict[str, Array]:
        given = {name: _padded(array, rows) for name, array in inputs.items()} if count < rows else inputs
        outputs = self._model.run_step(self._stream, self._size, rows, given)
        for name in self._cut:
            outputs[name] = outputs[name][:, : self._length]
        return {name: array[:count] for name, array in outputs.items()} if count < rows else outputs


def _blocks(count: int, rows: int) -> Iterator[slice]:
    return (slice(start, min(start + rows, count)) for start in range(0, count, rows))


def _padded(array: Array, rows: int) -> Array:
    """[n, ...] -> [rows, ...], zeros behind; of more rows the first ones."""
    if len(array) >= rows:
        return array[:rows]
    padded = np.zeros((rows, *array.shape[1:]), array.dtype)
    padded[: len(array)] = array
    return padded


def _rows_of(inputs: Mapping[str, npt.ArrayLike], names: Sequence[str]) -> int:
    shapes = [np.shape(inputs[name]) for name in names if name in inputs]
    return max([1, *(int(shape[0]) for shape in shapes if shape)])


def _repeated(tensor: TensorSpec, rows: int) -> TensorSpec:
    return TensorSpec(tensor.name, tensor.dtype, (rows, *tensor.shape[1:]))
