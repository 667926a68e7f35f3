"""The two ways to run a recurrent layer over a sequence: one copy of the step a time step, or a WHILE loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, States, Tensor


@dataclass(frozen=True)
class LoopResult:
    """What `keras.layers.RNN.inner_loop` returns.

    Attributes:
      last: output of the last step, [1, units].
      sequence: outputs of all steps in the order of computation, [1, steps, units] (or `last`, if not wanted).
      states: the last states.
    """

    last: Tensor
    sequence: Tensor
    states: States


@dataclass(frozen=True)
class LoopOptions:
    """How Keras was asked to run the layer.

    Attributes:
      go_backwards: from the last step to the first.
      return_sequences: every step's output is wanted.
      zero_output_for_mask: masked steps give zeros instead of the output before.
    """

    go_backwards: bool
    return_sequences: bool
    zero_output_for_mask: bool

    @classmethod
    def of(cls, layer: Any) -> LoopOptions:
        """Reads them from a Keras layer."""
        return cls(layer.go_backwards, layer.return_sequences, bool(layer.zero_output_for_mask))


def unrolled_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """One copy of the step for each time step; `sequence` is [1, steps, features], `mask` bool [1, steps] or None."""
    return _unrolled(cell, sequence, states, mask, options, tf.zeros_like(states[0]))


def chunk_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """As `unrolled_loop`, for a piece that may follow others.

    Where its first steps are masked, its output is the one before, which these cells keep as their first state.
    """
    return _unrolled(cell, sequence, states, mask, options, states[0])


def _unrolled(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions, output: Tensor
) -> LoopResult:
    steps = int(sequence.shape[1])
    projected = tf.split(cell.project(tf.reshape(sequence, [steps, sequence.shape[2]])), steps, axis=0)
    # Arithmetic on exact zeros and ones instead of SELECT: XNNPACK takes it, and the graph stays in one piece.
    real = None if mask is None else tf.split(tf.reshape(tf.cast(mask, sequence.dtype), [steps, 1]), steps, axis=0)
    order = range(steps - 1, -1, -1) if options.go_backwards else range(steps)
    outputs: list[Tensor] = []
    for t in order:
        proposed = cell.step(projected[t], states)
        if real is None:
            states, output = proposed, proposed[0]
        else:
            states = tuple(_blend(real[t], new, old) for new, old in zip(proposed, states, strict=True))
            output = _masked_output(real[t], proposed[0], output, options)
        outputs.append(output)
    stacked = tf.stack(outputs, axis=1) if options.return_sequences else output
    return LoopResult(output, stacked, states)


def while_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """A loop in the graph that computes every step and undoes the masked ones; arguments as `unrolled_loop`."""
    steps = int(sequence.shape[1])
    real = None if mask is None else tf.reshape(tf.cast(mask, sequence.dtype), [steps, 1])
    return _turns(cell, sequence, states, real, tf.constant(steps), options)


def prefix_while_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """As `while_loop`, for masks that are true on the first steps only (right padding).

    Padded steps are not computed at all: forwards they come last, backwards they are skipped. Their outputs are
    zeros, which is not what Keras gives there; layers that honour masks never look at them.
    """
    steps = int(sequence.shape[1])
    count = tf.constant(steps) if mask is None else tf.reduce_sum(tf.cast(mask, tf.int32))
    return _turns(cell, sequence, states, None, count, options)


def _turns(
    cell: CellLowering,
    sequence: Tensor,
    states: States,
    real: Tensor | None,
    count: Tensor,
    options: LoopOptions,
) -> LoopResult:
    steps, units = int(sequence.shape[1]), int(states[0].shape[1])
    projected = cell.project(tf.reshape(sequence, [steps, sequence.shape[2]]))
    collected = tf.zeros([steps, units]) if options.return_sequences else tf.zeros([1, 1])

    def body(turn: Tensor, collected: Tensor, output: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        step = count - 1 - turn if options.go_backwards else turn
        new = cell.step(tf.slice(projected, [step, 0], [1, projected.shape[1]]), states)
        if real is None:
            output = new[0]
        else:
            here = tf.slice(real, [step, 0], [1, 1])
            output = _masked_output(here, new[0], output, options)
            new = tuple(_blend(here, after, before) for after, before in zip(new, states, strict=True))
        if options.return_sequences:
            # Backwards, Keras begins with the padding: its outputs (zeros) come first.
            at = turn + (steps - count) if options.go_backwards else turn
            collected = tf.tensor_scatter_nd_update(collected, tf.reshape(at, [1, 1]), output)
        return (turn + 1, collected, output, *new)

    start = (tf.constant(0), collected, tf.zeros_like(states[0]), *states)
    _, collected, output, *last = tf.while_loop(lambda turn, *_: turn < count, body, start)
    stacked = tf.reshape(collected, [1, steps, units]) if options.return_sequences else output
    return LoopResult(output, stacked, tuple(last))


def _blend(real: Tensor, new: Tensor, old: Tensor) -> Tensor:
    return real * new + (1.0 - real) * old


def _masked_output(real: Tensor, new: Tensor, before: Tensor, options: LoopOptions) -> Tensor:
    return real * new if options.zero_output_for_mask else _blend(real, new, before)
