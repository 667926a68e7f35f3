"""Starts Keras's own recurrent layers from given states: the reference for the proof from states that are not zero."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from edgernn.convert.cells import lower_cell
from edgernn.convert.graph.walk import recurrent_layers
from edgernn.edge_runtime.spec.tensors import StateSpec


def states_by_layer(model: Any, states: tuple[StateSpec, ...]) -> dict[str, tuple[str, ...]] | None:
    """Names of the states of each recurrent layer, in Keras's order.

    None where names do not tell them apart: a layer that is called twice, or two of one name in nested models.
    """
    wanted = {state.name for state in states}
    named: dict[str, tuple[str, ...]] = {}
    for layer in recurrent_layers(model):
        names = tuple(f"state_{layer.name}_{key}" for key in lower_cell(layer.cell).state_names)
        if layer.name in named:
            return None
        if set(names) & wanted:
            named[layer.name] = names
    return named if {name for names in named.values() for name in names} == wanted else None


@contextlib.contextmanager
def started_from(model: Any, named: Mapping[str, tuple[str, ...]], values: Mapping[str, Any]) -> Iterator[None]:
    """Within the block every layer in `named` starts from `values` (by state name) instead of zeros."""
    with contextlib.ExitStack() as stack:
        for layer in recurrent_layers(model):
            if layer.name in named:
                given = [keras.ops.convert_to_tensor(values[name]) for name in named[layer.name]]
                stack.enter_context(_starting(layer, given))
        yield


@contextlib.contextmanager
def _starting(layer: Any, given: list[Any]) -> Iterator[None]:
    structure = layer.get_initial_state(batch_size=1)
    stateful = layer.stateful
    layer.get_initial_state = lambda batch_size=None: keras.tree.pack_sequence_as(structure, given)
    layer.stateful = False
    try:
        yield
    finally:
        del layer.get_initial_state
        layer.stateful = stateful
