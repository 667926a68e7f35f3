"""An encoder and a step as signatures that share one set of weights."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf

from edgernn.convert.graph.substitution import Loop, Substitution
from edgernn.convert.graph.walk import recurrent_layers
from edgernn.convert.loops import BLOCK, blocked_loop, unrolled_loop
from edgernn.convert.lowerings.base import Lowered, TracedSignature
from edgernn.convert.lowerings.cost import MAX_UNROLLED_BYTES, unrolled_bytes
from edgernn.convert.lowerings.tracing import distinct
from edgernn.convert.pairs.parts import Parts
from edgernn.convert.pairs.products import row_products
from edgernn.convert.request import PairRequest
from edgernn.edge_runtime.spec.tensors import ExecutionSpec, SignatureSpec, StateSpec, TensorSpec

# The shortest encoder: a call has its own price. Each next one is twice as long, and the last one holds all sources.
_SHORTEST = 8
# Up to so many places of the memory a single row's scores are as quick by columns.
_COLUMN_STEPS = 32
# Of what unrolling may cost in file, for one signature.
_MOST_BYTES = MAX_UNROLLED_BYTES // 2


def lower_parts(parts: Parts, request: PairRequest) -> Lowered:
    """Signatures `encode_N` and `step_N` (`step_N_bB` for B rows) for a few N, the longest first."""
    sizes = encoder_sizes(request.longest) if parts.sequence_inputs else [0]
    signatures = [_encoder(parts, size) for size in sizes]
    signatures += [_step(parts, size, rows) for size in sizes for rows in request.rows]
    execution = ExecutionSpec(
        lowering="encode_step",
        mode="encode_step",
        signatures=tuple(signature.spec for signature in signatures),
        states=parts.states,
        sequence_inputs=parts.sequence_inputs,
        sequence_outputs=tuple(tensor.name for tensor in parts.step_outputs),
        memory=parts.memory,
        first_states=parts.first_states,
    )
    return Lowered(execution, tuple(signatures), _reason(parts, sizes))


def encoder_sizes(longest: int) -> list[int]:
    """Steps of the encoders, the longest first: whole blocks, but for the shortest."""
    last = -(-longest // BLOCK) * BLOCK
    sizes = [_SHORTEST]
    while sizes[-1] < longest:
        sizes.append(min(2 * sizes[-1], last))
    return sizes[::-1]


def _reason(parts: Parts, sizes: list[int]) -> str:
    said = "an encoder and a decoder's step"
    if not parts.sequence_inputs:
        return said
    unrolled = [size for size in sizes if _loop_for(parts, size) is unrolled_loop]
    return f"{said}; encoders unrolled up to {max(unrolled, default=0)} steps"


def _loop_for(parts: Parts, size: int) -> Loop:
    layers = len(recurrent_layers(parts.encoder))
    fits = size < BLOCK or unrolled_bytes(size, layers) <= _MOST_BYTES
    return unrolled_loop if fits else blocked_loop


def _encoder(parts: Parts, size: int) -> TracedSignature:
    inputs = tuple(_sized(tensor, size) for tensor in parts.encoder_inputs)
    loop = _loop_for(parts, size)

    def function(**values: Any) -> dict[str, Any]:
        with Substitution(parts.encoder, loop).active():
            return distinct(dict(parts.encoder(values, training=False)), {})

    name = f"encode_{size}" if size else "encode"
    return TracedSignature(SignatureSpec(name, size, inputs, (), part="encode"), _traced(function, inputs))


def _step(parts: Parts, size: int, rows: int) -> TracedSignature:
    inputs = tuple(_with_rows(tensor, rows) for tensor in parts.step_inputs)
    states = tuple(_with_rows(state, rows) for state in parts.states)
    memory = tuple(_sized(tensor, size) for tensor in parts.memory)
    outputs = tuple(_sized(_with_rows(tensor, rows), size) for tensor in parts.step_outputs)
    name = (f"step_{size}" if size else "step") + (f"_b{rows}" if rows > 1 else "")
    spec = SignatureSpec(name, size, inputs, outputs, part="step", rows=rows)
    # All rows read one memory: kept once where the model's own operations repeat it as they go.
    products = row_products if rows > 1 or size > _COLUMN_STEPS else contextlib.nullcontext
    functions = [_step_function(parts, spread, products) for spread in _spreads(rows)]
    arguments = (*inputs, *states, *memory)
    for function in functions[:-1]:
        try:
            return TracedSignature(spec, _checked(_traced(function, arguments), outputs))
        except (ValueError, TypeError, tf.errors.InvalidArgumentError):
            continue  # an operation that wants the memory once a row
    return TracedSignature(spec, _checked(_traced(functions[-1], arguments), outputs))


def _spreads(rows: int) -> Iterator[Callable[[Any], Any]]:
    yield lambda memory: memory
    if rows > 1:
        yield lambda memory: tf.repeat(memory, rows, axis=0)


def _step_function(
    parts: Parts, spread: Callable[[Any], Any], products: Callable[[], contextlib.AbstractContextManager[None]]
) -> Callable[..., dict[str, Any]]:
    held = {tensor.name for tensor in parts.memory}

    def function(**values: Any) -> dict[str, Any]:
        given = {name: spread(value) if name in held else value for name, value in values.items()}
        with Substitution(parts.step, unrolled_loop).active(), products():
            found = parts.step(given, training=False)
        carried = {state.name: found[parts.outgoing[state.name]] for state in parts.states}
        return {**distinct({t.name: found[t.name] for t in parts.step_outputs}, carried), **carried}

    return function


def _checked(concrete: Any, outputs: tuple[TensorSpec, ...]) -> Any:
    """Broadcasting where none is meant gives other shapes."""
    for tensor in outputs:
        found = tuple(concrete.structured_outputs[tensor.name].shape)
        if found != tensor.shape:
            raise ValueError(f"{tensor.name}: shape {found}, expected {tensor.shape}")
    return concrete


def _traced(function: Callable[..., dict[str, Any]], arguments: tuple[TensorSpec | StateSpec, ...]) -> Any:
    specs = {t.name: tf.TensorSpec(t.shape, tf.as_dtype(t.dtype), name=t.name) for t in arguments}
    return tf.function(function, autograph=False).get_concrete_function(**specs)


def _sized(tensor: TensorSpec, size: int) -> TensorSpec:
    """Free axes set to the encoder's size."""
    return TensorSpec(tensor.name, tensor.dtype, tuple(size if n is None else n for n in tensor.shape))


def _with_rows(tensor: Any, rows: int) -> Any:
    return type(tensor)(tensor.name, tensor.dtype, (rows, *tensor.shape[1:]))
