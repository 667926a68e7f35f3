"""The ways to run a recurrent layer over a sequence: one copy of the step a time step, or a WHILE loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from edgernn.convert.cells.base import CellLowering, Projected, States, Tensor
from edgernn.convert.errors import ConversionError

# Sequences of a length that the graph itself fixes (as after RepeatVector) are unrolled up to this.
_UNROLLED_STEPS = 32
# Steps that a turn of `blocked_loop` computes.
BLOCK = 16


@dataclass(frozen=True)
class LoopResult:
    """What `keras.layers.RNN.inner_loop` returns.

    Attributes:
      last: output of the last step, [batch, ...].
      sequence: outputs of all steps in the order of computation, [batch, steps, ...] (or `last`, if not wanted).
      states: the last states.
    """

    last: Tensor
    sequence: Tensor
    states: States


@dataclass(frozen=True)
class LoopOptions:
    """How Keras was asked to run the layer.

    Attributes:
      name: the layer's, for messages.
      go_backwards: from the last step to the first.
      return_sequences: every step's output is wanted.
      zero_output_for_mask: masked steps give zeros instead of the output before.
    """

    name: str
    go_backwards: bool
    return_sequences: bool
    zero_output_for_mask: bool

    @classmethod
    def of(cls, layer: Any) -> LoopOptions:
        """Reads them from a Keras layer."""
        return cls(layer.name, layer.go_backwards, layer.return_sequences, bool(layer.zero_output_for_mask))


def unrolled_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """One copy of the step for each time step.

    `sequence` is [batch, steps, ...]; `mask` is bool [batch, steps] or None.
    """
    return _unrolled(cell, sequence, states, mask, options, None)


def chunk_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """As `unrolled_loop`, for a piece that may follow others.

    Where its first steps are masked, its output is the one before: the state that is also the cell's output.
    """
    if mask is not None and cell.output_state is None:
        raise ConversionError(f"{options.name}: a masked cell of this kind cannot be chunked: use --lowering while")
    return _unrolled(cell, sequence, states, mask, options, None if mask is None else states[cell.output_state or 0])


def _unrolled(
    cell: CellLowering,
    sequence: Tensor,
    states: States,
    mask: Tensor | None,
    options: LoopOptions,
    output: Tensor | None,
) -> LoopResult:
    projected = list(zip(*map(_by_step, cell.project(sequence)), strict=True))
    # Arithmetic on exact zeros and ones instead of SELECT: XNNPACK takes it, and the graph stays in one piece.
    real = None if mask is None else _by_step(tf.cast(mask, sequence.dtype)[:, :, None])
    outputs: list[Tensor] = []
    for t in range(len(projected) - 1, -1, -1) if options.go_backwards else range(len(projected)):
        value, proposed = cell.step(projected[t], states)
        if real is None:
            states, output = proposed, value
        else:
            states = tuple(_blend(real[t], new, old) for new, old in zip(proposed, states, strict=True))
            output = _masked_output(real[t], value, output, options)
        outputs.append(output)
    stacked = tf.stack(outputs, axis=1) if options.return_sequences else output
    return LoopResult(output, stacked, states)


def while_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """A loop in the graph that computes every step and undoes the masked ones; the length may be free."""
    real = None if mask is None else _time_major(tf.cast(mask, sequence.dtype)[:, :, None])
    return _turns(cell, sequence, states, real, options)


def blocked_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """A loop in the graph that computes `BLOCK` steps a turn; the length must be a multiple of it.

    A turn of WHILE copies whatever passes through the loop, the collected outputs among them: with every step a turn,
    long sequences spend their time there.
    """
    blocks = int(sequence.shape[1]) // BLOCK
    projected = tuple(_in_blocks(_time_major(part), blocks) for part in cell.project(sequence))
    real = None if mask is None else _in_blocks(_time_major(tf.cast(mask, sequence.dtype)[:, :, None]), blocks)
    first = tuple(part[0] for part in projected)
    zeros = _zero_output(cell, first, states)
    collected = tf.zeros([blocks, BLOCK, *zeros.shape]) if options.return_sequences else tf.zeros([1])

    def body(turn: Tensor, collected: Tensor, output: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        block = blocks - 1 - turn if options.go_backwards else turn
        parts = tuple(tf.unstack(tf.gather(part, block), BLOCK) for part in projected)
        here = None if real is None else tf.unstack(tf.gather(real, block), BLOCK)
        outputs: list[Tensor] = []
        for step in range(BLOCK - 1, -1, -1) if options.go_backwards else range(BLOCK):
            value, new = cell.step(tuple(part[step] for part in parts), states)
            if here is None:
                output, states = value, new
            else:
                output = _masked_output(here[step], value, output, options)
                states = tuple(_blend(here[step], after, before) for after, before in zip(new, states, strict=True))
            outputs.append(output)
        if options.return_sequences:
            collected = tf.tensor_scatter_nd_update(collected, tf.reshape(turn, [1, 1]), tf.stack(outputs)[None])
        return (turn + 1, collected, output, *states)

    start = (tf.constant(0), collected, zeros, *states)
    _, collected, output, *last = tf.while_loop(lambda turn, *_: turn < blocks, body, start)
    if not options.return_sequences:
        return LoopResult(output, output, tuple(last))
    return LoopResult(output, _batch_major(tf.reshape(collected, [blocks * BLOCK, *zeros.shape])), tuple(last))


def dynamic_loop(
    cell: CellLowering, sequence: Tensor, states: States, mask: Tensor | None, options: LoopOptions
) -> LoopResult:
    """A WHILE loop where the length is free or long, unrolled where the graph fixes a short one."""
    steps = sequence.shape[1]
    loop = unrolled_loop if steps is not None and steps <= _UNROLLED_STEPS else while_loop
    return loop(cell, sequence, states, mask, options)


def _turns(
    cell: CellLowering,
    sequence: Tensor,
    states: States,
    real: Tensor | None,
    options: LoopOptions,
) -> LoopResult:
    projected = tuple(map(_time_major, cell.project(sequence)))
    length = _length(sequence)
    zeros = _zero_output(cell, projected, states)
    collected = tf.tile(zeros[None], [length] + [1] * len(zeros.shape)) if options.return_sequences else tf.zeros([1])

    def body(turn: Tensor, collected: Tensor, output: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        step = length - 1 - turn if options.go_backwards else turn
        value, new = cell.step(tuple(tf.gather(part, step) for part in projected), states)
        if real is None:
            output = value
        else:
            here = tf.gather(real, step)
            output = _masked_output(here, value, output, options)
            new = tuple(_blend(here, after, before) for after, before in zip(new, states, strict=True))
        if options.return_sequences:
            collected = tf.tensor_scatter_nd_update(collected, tf.reshape(turn, [1, 1]), output[None])
        return (turn + 1, collected, output, *new)

    start = (tf.constant(0), collected, zeros, *states)
    _, collected, output, *last = tf.while_loop(lambda turn, *_: turn < length, body, start)
    stacked = _batch_major(collected) if options.return_sequences else output
    return LoopResult(output, stacked, tuple(last))


def _zero_output(cell: CellLowering, projected: Projected, states: States) -> Tensor:
    if cell.output_state is not None:
        return tf.zeros_like(states[cell.output_state])
    # Only a step knows the output's shape; this one is pruned from the graph.
    return tf.zeros_like(cell.step(tuple(part[0] for part in projected), states)[0])


def _in_blocks(sequence: Tensor, blocks: int) -> Tensor:
    """[steps, ...] -> [blocks, steps of a block, ...]."""
    return tf.reshape(sequence, [blocks, -1, *sequence.shape[1:]])


def _length(sequence: Tensor) -> Tensor:
    steps = sequence.shape[1]
    return tf.shape(sequence)[1] if steps is None else tf.constant(int(steps))


def _by_step(sequence: Tensor) -> list[Tensor]:
    """[batch, steps, ...] -> steps x [batch, ...]."""
    batch, steps, *rest = sequence.shape
    if batch == 1:  # SPLIT gives views of one tensor; UNPACK would copy
        return list(tf.split(tf.reshape(sequence, [steps, *rest]), int(steps), axis=0))
    return list(tf.unstack(sequence, int(steps), axis=1))


def _time_major(sequence: Tensor) -> Tensor:
    """[batch, steps, ...] -> [steps, batch, ...]."""
    batch, _, *rest = sequence.shape
    if batch == 1 and None not in rest:
        return tf.reshape(sequence, [-1, 1, *rest])
    return tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))])


def _batch_major(sequence: Tensor) -> Tensor:
    """[steps, batch, ...] -> [batch, steps, ...]."""
    _, batch, *rest = sequence.shape
    if batch == 1 and None not in rest:
        return tf.reshape(sequence, [1, -1, *rest])
    return tf.transpose(sequence, [1, 0, *range(2, len(sequence.shape))])


def _blend(real: Tensor, new: Tensor, old: Tensor) -> Tensor:
    real = _as_wide(real, new)
    return real * new + (1.0 - real) * old


def _masked_output(real: Tensor, new: Tensor, before: Tensor | None, options: LoopOptions) -> Tensor:
    if options.zero_output_for_mask or before is None:  # before the first step, Keras has zeros
        return _as_wide(real, new) * new
    return _blend(real, new, before)


def _as_wide(real: Tensor, tensor: Tensor) -> Tensor:
    """[batch, 1] -> [batch, 1, ...] with as many axes as `tensor`."""
    extra = len(tensor.shape) - 2
    return real if extra <= 0 else tf.reshape(real, [-1, 1] + [1] * extra)
