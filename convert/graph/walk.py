"""Reads a Keras model's graph. The one place that touches what Keras keeps to itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras

from edgernn.convert.errors import ConversionError


def functional_of(model: Any) -> Any:
    """The functional graph of a Sequential or functional model.

    Raises:
      ConversionError: a subclassed model has no graph to read.
    """
    if isinstance(model, keras.Sequential):
        if not model.built:
            raise ConversionError("the Sequential model has no input shape: call model.build() or add an Input first")
        return model._functional
    if hasattr(model, "_nodes_by_depth"):
        return model
    raise ConversionError(
        f"{type(model).__name__} is a subclassed model without a graph: rebuild it with keras.Model(inputs, outputs)"
    )


def pack_inputs(model: Any, values: list[Any]) -> Any:
    """Values in the order of the model's inputs, in the structure that the model takes (one, a list, a dict)."""
    return keras.tree.pack_sequence_as(functional_of(model)._inputs_struct, values)


def nodes_in_order(model: Any) -> Iterator[Any]:
    """The nodes (calls of operations) from the inputs to the outputs, input nodes left out."""
    by_depth = functional_of(model)._nodes_by_depth
    for depth in sorted(by_depth, reverse=True):
        for node in by_depth[depth]:
            if not node.is_input:
                yield node


def is_model(operation: Any) -> bool:
    """Whether a node's operation is a nested model."""
    return isinstance(operation, keras.Model)


def recurrent_layers(model: Any) -> list[Any]:
    """Every `keras.layers.RNN` in the model, also inside wrappers and nested models."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.RNN)]


def built_steps(layer: Any) -> int | None:
    """Steps of the sequence that a recurrent layer was built for; None where any length may come or none is known."""
    shapes = getattr(layer, "_build_shapes_dict", None) or {}
    shape = next(iter(shapes.values()), None)
    steps = shape[1] if shape is not None and len(shape) > 1 else None
    return steps if isinstance(steps, int) else None


def embedding_layers(model: Any) -> list[Any]:
    """Every `keras.layers.Embedding`, tied ones included, in the model."""
    kinds = (keras.layers.Embedding, keras.layers.ReversibleEmbedding)
    return [layer for layer in model._flatten_layers() if type(layer) in kinds]


def time_distributed_layers(model: Any) -> list[Any]:
    """Every `keras.layers.TimeDistributed` in the model."""
    return [layer for layer in model._flatten_layers() if type(layer) is keras.layers.TimeDistributed]


def graphs_in(model: Any) -> list[Any]:
    """The functional graph of the model, and those of the models in it."""
    nested = (layer for layer in model._flatten_layers() if is_model(layer) and layer is not model)
    return [functional_of(each) for each in (model, *nested) if _has_graph(each)]


def mask_comparisons(model: Any) -> list[Any]:
    """The operations in the model by which `mask_zero` and `Masking` compare steps with the masked value."""
    nodes = [node for graph in graphs_in(model) for node in nodes_in_order(graph)]
    return list({id(n.operation): n.operation for n in nodes if type(n.operation).__name__ == "NotEqual"}.values())


def _has_graph(model: Any) -> bool:
    return isinstance(model, keras.Sequential) or hasattr(model, "_nodes_by_depth")
