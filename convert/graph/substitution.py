"""Runs a Keras model with its recurrent inner loops replaced; all the rest is Keras's own code.

`keras.layers.RNN.call` prepares states and masks, calls `inner_loop`, and arranges what comes back. Replacing
only `inner_loop` keeps everything around it exact: wrappers, nested models, merge modes, returned states.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from edgernn.convert.cells import lower_cell
from edgernn.convert.cells.base import CellLowering, States, Tensor
from edgernn.convert.graph.walk import (
    embedding_layers,
    graphs_in,
    mask_comparisons,
    recurrent_layers,
    time_distributed_layers,
)
from edgernn.convert.loops import LoopOptions, LoopResult

Loop = Callable[[CellLowering, Tensor, States, Tensor | None, LoopOptions], LoopResult]


@dataclass
class Call:
    """One call of a recurrent layer in a trace.

    Attributes:
      name: unique, from the layer's name.
      cell: its lowered cell.
      before: states that the layer would start from.
      after: states that it ended with.
    """

    name: str
    cell: CellLowering
    before: States
    after: States


class Substitution:
    """Replaces the inner loops of a model's recurrent layers within `active()`.

    Args:
      model: a Keras model.
      loop: computes one layer over a sequence.
      given: states to start from, by state name; layers without an entry start as Keras would.
      keep_masks: whether masked steps are honoured inside the loops.
    """

    def __init__(self, model: Any, loop: Loop, given: dict[str, Tensor] | None = None, keep_masks: bool = True) -> None:
        self._model = model
        self._loop = loop
        self._given = given or {}
        self._keep_masks = keep_masks
        # A recurrent layer under TimeDistributed starts anew in every step: its states are not the model's.
        self._inside_a_step = 0
        self.calls: list[Call] = []

    @contextlib.contextmanager
    def active(self) -> Iterator[None]:
        """The model's layers are changed within the block, and as they were after it."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(_weights_read_once(self._model))
            for layer in recurrent_layers(self._model):
                stack.enter_context(_replaced(layer, "inner_loop", self._inner_loop_of(layer)))
                # States begin at zero in every call; carrying them on is the runtime's part.
                stack.enter_context(_replaced(layer, "stateful", False))
            for layer in time_distributed_layers(self._model):
                stack.enter_context(_replaced(layer, "call", self._all_steps_of(layer)))
            for layer in embedding_layers(self._model):
                stack.enter_context(_replaced(layer, "call", _lookup_of(layer)))
            for model in graphs_in(self._model):
                # A piece of a sequence is shorter than the length that the model declares.
                stack.enter_context(_replaced(model, "_manual_input_spec", None))
            for operation in mask_comparisons(self._model):
                stack.enter_context(_replaced(operation, "call", _comparing(operation.call)))
            # TensorFlow Lite has neither: the converter would write log(exp(x) + 1), which is infinite above 88.
            stack.enter_context(_replaced(tf.math, "softplus", _softplus))
            stack.enter_context(_replaced(tf.math, "log_sigmoid", lambda x, name=None: -_softplus(-x)))
            yield

    def outgoing_states(self) -> dict[str, Tensor]:
        """The last states by state name, after the model has run."""
        return {name: state for call in self.calls for name, state in _named(call, call.after).items()}

    def incoming_states(self) -> dict[str, Tensor]:
        """The first states by state name, after the model has run."""
        return {name: state for call in self.calls for name, state in _named(call, call.before).items()}

    def _inner_loop_of(self, layer: Any) -> Callable[..., tuple[Tensor, Tensor, list[Tensor]]]:
        def inner_loop(
            sequences: Tensor, initial_state: Any, mask: Any, training: bool = False
        ) -> tuple[Tensor, Tensor, list[Tensor]]:
            cell = lower_cell(layer.cell)
            call = Call(self._unique(layer.name), cell, tuple(keras.tree.flatten(initial_state)), ())
            states = tuple(self._given.get(n, s) for n, s in _named(call, call.before).items())
            mask = (mask[0] if isinstance(mask, (list, tuple)) else mask) if self._keep_masks else None
            result = self._loop(cell, sequences, states, mask, LoopOptions.of(layer))
            call.after = result.states
            if not self._inside_a_step:
                self.calls.append(call)
            return result.last, result.sequence, keras.tree.pack_sequence_as(initial_state, list(result.states))

        return inner_loop

    def _all_steps_of(self, layer: Any) -> Callable[..., Tensor]:
        def call(inputs: Tensor, training: bool = False, mask: Tensor | None = None) -> Tensor:
            # At inference a layer treats the examples of a batch alike: all steps can be one batch.
            arguments: dict[str, Any] = {"training": training} if layer.layer._call_has_training_arg else {}
            if mask is not None and layer.layer._call_has_mask_arg:
                arguments["mask"] = _merge_steps(mask)
            self._inside_a_step += 1
            try:
                outputs = layer.layer.call(_merge_steps(inputs), **arguments)
            finally:
                self._inside_a_step -= 1
            batch, steps = (size or tf.shape(inputs)[i] for i, size in enumerate(inputs.shape[:2]))
            return tf.reshape(outputs, [batch, steps, *_sizes(outputs)[1:]])

        return call

    def _unique(self, name: str) -> str:
        taken = {call.name for call in self.calls}
        candidate, number = name, 2
        while candidate in taken:  # a shared layer is called more than once
            candidate, number = f"{name}_{number}", number + 1
        return candidate


def _named(call: Call, states: States) -> dict[str, Tensor]:
    return {f"state_{call.name}_{k}": state for k, state in zip(call.cell.state_names, states, strict=True)}


def _lookup_of(layer: Any) -> Callable[..., Tensor]:
    original = layer.call

    def call(inputs: Tensor, **arguments: Any) -> Tensor:
        if arguments.get("reverse"):  # a tied embedding's other direction
            return original(inputs, **arguments)
        # Keras lets negative ids count from the end, which costs three operations in every call.
        # A vector of ids, whatever the inputs' shape: the form that can be stored quantized (embedding_lookup.py).
        table, ids = tf.convert_to_tensor(layer.embeddings), tf.cast(inputs, tf.int32)
        rows = tf.gather(table, tf.reshape(ids, [-1]))
        return tf.reshape(rows, [*_sizes(inputs), int(table.shape[1])])

    return call


def _comparing(call: Callable[[Tensor, Any], Tensor]) -> Callable[[Tensor, Any], Tensor]:
    def compare(first: Tensor, second: Any) -> Tensor:
        if isinstance(second, int) and second == 0 and first.dtype.is_integer:
            # The same by a CAST: quantizers ask for the ranges of what NOT_EQUAL compares, and ids have none.
            return tf.cast(first, tf.bool)
        return call(first, second)

    return compare


def _softplus(features: Tensor, name: str | None = None) -> Tensor:
    """log(exp(x) + 1), finite for every x."""
    return tf.nn.relu(features) + tf.math.log(tf.exp(-tf.abs(features)) + 1.0)


def _merge_steps(tensor: Tensor) -> Tensor:
    """[batch, steps, ...] -> [batch * steps, ...]."""
    first, second, *rest = _sizes(tensor)
    return tf.reshape(tensor, [first * second, *rest])


def _sizes(tensor: Tensor) -> list[Any]:
    """Sizes of a tensor's axes: numbers where they are known, tensors where they are not."""
    return [tf.shape(tensor)[i] if size is None else int(size) for i, size in enumerate(tensor.shape)]


@contextlib.contextmanager
def _weights_read_once(model: Any) -> Iterator[None]:
    """Every use of a weight is the same tensor, which becomes one constant in the file."""
    values = [(variable, tf.convert_to_tensor(variable.value)) for variable in model.variables]
    with keras.StatelessScope(state_mapping=values):
        yield


@contextlib.contextmanager
def _replaced(layer: Any, attribute: str, value: Any) -> Iterator[None]:
    had, before = attribute in vars(layer), getattr(layer, attribute, None)
    setattr(layer, attribute, value)
    try:
        yield
    finally:
        if had:
            setattr(layer, attribute, before)
        else:
            delattr(layer, attribute)
