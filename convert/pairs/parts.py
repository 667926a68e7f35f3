"""Finds encoder and step in a Keras model, and what passes between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from edgernn.convert.errors import ConversionError
from edgernn.convert.request import PairRequest
from edgernn.edge_runtime.spec.tensors import StateSpec, TensorSpec

STATE, NEXT = "state_", "next_"


@dataclass(frozen=True)
class Parts:
    """An encoder and a step.

    Attributes:
      model: the Keras model that holds both.
      encoder: functional; a dict of inputs and of outputs.
      step: functional; as `encoder`.
      memory: outputs of the encoder that the step takes; null where the size follows the source's.
      states: of the step, one row.
      first_states: those that the encoder gives.
      outgoing: name of the step's output by state.
      encoder_inputs: batch 1.
      step_inputs: without memory and states, one row.
      step_outputs: without states, one row.
    """

    model: Any
    encoder: Any
    step: Any
    memory: tuple[TensorSpec, ...]
    states: tuple[StateSpec, ...]
    first_states: tuple[str, ...]
    outgoing: Mapping[str, str]
    encoder_inputs: tuple[TensorSpec, ...]
    step_inputs: tuple[TensorSpec, ...]
    step_outputs: tuple[TensorSpec, ...]

    @property
    def sequence_inputs(self) -> tuple[str, ...]:
        """The encoder's inputs of any length."""
        return tuple(tensor.name for tensor in self.encoder_inputs if None in tensor.shape[1:])

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        """Of the whole: the encoder's, and the step's with a time axis."""
        timed = [TensorSpec(t.name, t.dtype, (1, None, *t.shape[2:])) for t in self.step_inputs]
        return (*self.encoder_inputs, *timed)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """Of the whole: the step's, with a time axis."""
        return tuple(TensorSpec(t.name, t.dtype, (1, None, *t.shape[1:])) for t in self.step_outputs)


def find_parts(model: Any, request: PairRequest) -> Parts:
    """The parts of a model that holds two functional models as layers of these names.

    Raises:
      ConversionError: they are not there, or do not fit together; every reason is named.
    """
    nested = {layer.name: layer for layer in model.layers if isinstance(layer, keras.Model)}
    reasons = [
        f"the model has no nested model {name!r}" for name in (request.encoder, request.step) if name not in nested
    ]
    if reasons:
        raise ConversionError(reasons)
    encoder, step = nested[request.encoder], nested[request.step]
    reasons = [*_form_reasons(encoder), *_form_reasons(step)]
    if reasons:
        raise ConversionError(reasons)
    if reasons := list(_fit_reasons(encoder, step)):
        raise ConversionError(reasons)
    given, taken = encoder.output, step.input
    states = tuple(name for name in taken if name.startswith(STATE))
    memory = tuple(name for name in given if name in taken and name not in states)
    outgoing = {name: _outgoing(name, step.output) for name in states}
    return Parts(
        model=model,
        encoder=encoder,
        step=step,
        memory=tuple(_spec(name, given[name]) for name in memory),
        states=tuple(_state(name, taken[name]) for name in states),
        first_states=tuple(name for name in states if name in given),
        outgoing=outgoing,
        encoder_inputs=tuple(_spec(name, tensor) for name, tensor in encoder.input.items()),
        step_inputs=tuple(_spec(n, t) for n, t in taken.items() if n not in states and n not in memory),
        step_outputs=tuple(_spec(n, t) for n, t in step.output.items() if n not in outgoing.values()),
    )


def _form_reasons(part: Any) -> Iterator[str]:
    for what in ("input", "output"):
        try:
            tensors = getattr(part, what)
        except (AttributeError, ValueError):
            tensors = None
        if not isinstance(tensors, dict):
            yield f"{part.name}: its {what}s must be named: build it with a dict of {what}s"


def _fit_reasons(encoder: Any, step: Any) -> Iterator[str]:
    given, taken, results = encoder.output, step.input, step.output
    states = [name for name in taken if name.startswith(STATE)]
    if not states:
        yield f"{step.name}: no input begins with {STATE}: it would carry nothing from token to token"
    for name in states:
        if _outgoing(name, results) not in results:
            yield f"{step.name}: it takes {name} and does not give it: name an output {name} or {NEXT}{name}"
        if None in taken[name].shape[1:]:
            yield f"{step.name}: {name} has no fixed size"
    if not any(name in taken for name in given if not name.startswith(STATE)):
        yield f"{step.name}: it takes nothing that {encoder.name} gives"
    for name in given:
        if name not in taken:
            yield f"{encoder.name}: its output {name} is not an input of {step.name}"
        elif tuple(given[name].shape[1:]) != tuple(taken[name].shape[1:]):
            yield f"{name}: {encoder.name} gives {given[name].shape[1:]}, {step.name} takes {taken[name].shape[1:]}"


def _outgoing(state: str, results: Mapping[str, Any]) -> str:
    return next((name for name in (state, NEXT + state) if name in results), state)


def _spec(name: str, tensor: Any) -> TensorSpec:
    return TensorSpec(name, str(tensor.dtype), (1, *tensor.shape[1:]))  # type: ignore[arg-type]


def _state(name: str, tensor: Any) -> StateSpec:
    return StateSpec(name, str(tensor.dtype), (1, *tensor.shape[1:]))  # type: ignore[arg-type]
