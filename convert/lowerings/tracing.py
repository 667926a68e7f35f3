"""Traces one signature of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from edgernn.convert.graph.substitution import Loop, Substitution
from edgernn.convert.graph.walk import pack_inputs
from edgernn.convert.lowerings.base import LoweringRequest, TracedSignature
from edgernn.edge_runtime.spec.tensors import SignatureSpec, StateSpec, TensorSpec


def trace_signature(
    request: LoweringRequest,
    name: str,
    steps: int,
    loop: Loop,
    states: tuple[StateSpec, ...] = (),
    keep_masks: bool = True,
) -> TracedSignature:
    """Traces the model for sequences of `steps` steps, batch 1.

    Args:
      request: the model.
      name: of the signature.
      steps: length of every sequence input's axis 1; 0 leaves the inputs as free as the model has them.
      loop: computes one recurrent layer.
      states: taken as inputs and given as outputs; none: layers start as Keras would.
      keep_masks: whether masked steps are honoured.
    """
    inputs = tuple(fix_length(t, steps, request.causality.sequence_inputs) if steps else t for t in request.inputs)
    arguments = {t.name: _tensor_spec(t) for t in inputs} | {s.name: _tensor_spec(s) for s in states}

    def function(**values: Any) -> dict[str, Any]:
        given = {state.name: values.pop(state.name) for state in states}
        substitution = Substitution(request.model, loop, given, keep_masks)
        outputs = _call(request, values, substitution)
        carried = {name: substitution.outgoing_states()[name] for name in given}
        return {**distinct(outputs, carried), **carried}

    concrete = tf.function(function, autograph=False).get_concrete_function(**arguments)
    shapes = concrete.structured_outputs
    outputs = tuple(TensorSpec(t.name, t.dtype, tuple(shapes[t.name].shape)) for t in request.outputs)
    return TracedSignature(SignatureSpec(name, steps, inputs, outputs), concrete)


def discover_states(request: LoweringRequest, loop: Loop) -> tuple[StateSpec, ...]:
    """The states that the model's recurrent layers carry, found by one trace of a single step."""
    found: dict[str, Any] = {}

    def function(**values: Any) -> dict[str, Any]:
        substitution = Substitution(request.model, loop)
        outputs = _call(request, values, substitution)
        found.update(substitution.incoming_states())
        return outputs

    inputs = [fix_length(t, 1, request.causality.sequence_inputs) for t in request.inputs]
    tf.function(function, autograph=False).get_concrete_function(**{t.name: _tensor_spec(t) for t in inputs})
    return tuple(
        StateSpec(name, state.dtype.name, tuple(int(size) for size in state.shape)) for name, state in found.items()
    )


def fix_length(tensor: TensorSpec, steps: int, sequences: tuple[str, ...]) -> TensorSpec:
    """`tensor` with its time axis, if it has one, set to `steps`."""
    if tensor.name not in sequences:
        return tensor
    return TensorSpec(tensor.name, tensor.dtype, (tensor.shape[0], steps, *tensor.shape[2:]))


def _tensor_spec(tensor: TensorSpec | StateSpec) -> Any:
    return tf.TensorSpec(tensor.shape, tf.as_dtype(tensor.dtype), name=tensor.name)


def _call(request: LoweringRequest, values: Mapping[str, Any], substitution: Substitution) -> dict[str, Any]:
    with substitution.active():
        results = request.model(pack_inputs(request.model, [values[t.name] for t in request.inputs]), training=False)
    flat = keras.tree.flatten(results)
    return {t.name: value for t, value in zip(request.outputs, flat, strict=True)}


def distinct(outputs: dict[str, Any], states: dict[str, Any]) -> dict[str, Any]:
    """Keeps outputs apart that may turn out to be equal: the converter would merge them, and one name be lost.

    Equal shape is the sign: two tensors can be made by different operations here, and by one after optimization.
    """
    seen = {_kind(state) for state in states.values()}
    kept: dict[str, Any] = {}
    for number, (name, value) in enumerate(outputs.items()):
        # maximum(x, lowest) is x, and no optimizer folds it away. A constant of its own for each copy: equal
        # operations on equal inputs would be merged again.
        lowest = value.dtype.min
        alike = _kind(value) in seen and lowest is not False
        kept[name] = tf.maximum(value, _constant(lowest, number, value.dtype)) if alike else value
        seen.add(_kind(value))
    return kept


def _kind(value: Any) -> tuple[Any, ...]:
    return (value.dtype, *value.shape)


def _constant(lowest: float, number: int, dtype: Any) -> Any:
    return tf.constant(lowest + number if dtype.is_integer else lowest * (1.0 - 0.001 * number), dtype)
