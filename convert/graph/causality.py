"""Can the model be computed piece by piece, left to right? Follows the time axis through the graph."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import keras

from edgernn.convert.graph.walk import functional_of, is_model, nodes_in_order

# Layers that treat every time step alone: output step t depends on input step t only.
_PER_STEP: tuple[type, ...] = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.Dropout,
    keras.layers.ELU,
    keras.layers.Embedding,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.Identity,
    keras.layers.LeakyReLU,
    keras.layers.Masking,
    keras.layers.ReLU,
    keras.layers.Rescaling,
    keras.layers.ReversibleEmbedding,
    keras.layers.SpatialDropout1D,
    keras.layers.TimeDistributed,
)
# Merging layers: per step when every input is a sequence.
_MERGES: tuple[type, ...] = (
    keras.layers.Add,
    keras.layers.Average,
    keras.layers.Maximum,
    keras.layers.Minimum,
    keras.layers.Multiply,
    keras.layers.Subtract,
)


# Per step when they normalize over features, not over time.
_NORMALIZATIONS: tuple[type, ...] = (
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Normalization,
    keras.layers.RMSNormalization,
    keras.layers.UnitNormalization,
)


# Per step when their windows are one step high: [batch, time, places, channels], as of the characters of each word.
_WINDOWS: tuple[type, ...] = (
    keras.layers.AveragePooling2D,
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.MaxPooling2D,
    keras.layers.SeparableConv2D,
)


# Operations with which `compute_mask` of Embedding, Masking and merging layers makes masks.
_MASK_OPERATIONS = ("Any", "LogicalAnd", "LogicalNot", "LogicalOr", "NotEqual")


@dataclass(frozen=True)
class Causality:
    """What was found.

    Attributes:
      sequence_inputs: model inputs whose axis 1 is time.
      sequence_outputs: model outputs whose axis 1 is time.
      obstacles: why the model cannot be computed in pieces, one sentence a layer; empty when it can.
      padding_obstacles: why steps of padding behind a sequence would change the result; empty when masks keep them out.
    """

    sequence_inputs: tuple[str, ...]
    sequence_outputs: tuple[str, ...]
    obstacles: tuple[str, ...]
    padding_obstacles: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    obstacles: list[str]
    padding: list[str]
    # Tensors of one time axis, by id: each leads to another of its kind, the last one to itself.
    joined: dict[int, int] = field(default_factory=dict)

    def join(self, tensors: list[int]) -> None:
        """These have the same steps."""
        for tensor in tensors[1:]:
            self.joined[self.axis_of(tensor)] = self.axis_of(tensors[0])

    def axis_of(self, tensor: int) -> int:
        """One tensor that stands for all of its time axis."""
        while (other := self.joined.setdefault(tensor, tensor)) != tensor:
            tensor = other
        return tensor


def follow_time(model: Any, output_names: tuple[str, ...]) -> Causality:
    """Marks every tensor as sequence or static and collects what mixes time steps."""
    graph = functional_of(model)
    marks = {id(tensor): _is_sequence(tensor) for tensor in graph.inputs}
    found = _Found([], [])
    _follow(model, marks, found)
    inputs = tuple(tensor.name for tensor in graph.inputs if marks[id(tensor)])
    outputs = tuple(
        name for name, tensor in zip(output_names, graph.outputs, strict=True) if marks.get(id(tensor), False)
    )
    if not inputs:
        found.obstacles.append("no input has a time axis")
    sequences = [tensor for tensor in graph.inputs if marks[id(tensor)]]
    lengths = {tensor.shape[1] for tensor in sequences}
    if len({found.axis_of(id(tensor)) for tensor in sequences}) > 1 and (len(lengths) > 1 or None in lengths):
        found.obstacles.append(f"inputs {' and '.join(inputs)} may differ in length: nothing joins them step by step")
    return Causality(inputs, outputs, tuple(dict.fromkeys(found.obstacles)), tuple(dict.fromkeys(found.padding)))


def _is_sequence(tensor: Any) -> bool:
    shape = tensor.shape
    if len(shape) < 2:
        return False
    # Token ids [batch, time] or features [batch, time, ...]; [batch, features] of floats is static.
    return shape[1] is None or len(shape) >= 3 or "int" in str(tensor.dtype)


def _follow(model: Any, marks: dict[int, bool], found: _Found) -> None:
    for node in nodes_in_order(model):
        incoming = [marks.get(id(tensor), False) for tensor in node.input_tensors]
        outgoing = _outgoing(node, incoming, found)
        marks.update({id(t): mark for t, mark in zip(node.output_tensors, outgoing, strict=True)})
        tensors = [*node.input_tensors, *node.output_tensors]
        found.join([id(t) for t, mark in zip(tensors, [*incoming, *outgoing], strict=True) if mark])


def _outgoing(node: Any, incoming: list[bool], found: _Found) -> list[bool]:
    operation, count = node.operation, len(node.output_tensors)
    if is_model(operation):
        return _through_nested(operation, incoming, found)
    if isinstance(operation, keras.layers.RNN):
        return _through_recurrent(node, incoming, found)
    if not any(incoming):
        return [False] * count
    if _is_per_step(operation, incoming) or _reshapes_steps(node):
        return [True] * count
    found.obstacles.append(f"{operation.name} ({type(operation).__name__}) needs the whole sequence")
    found.padding.extend(_padding_obstacles(node))
    if isinstance(operation, keras.layers.Bidirectional):
        return [bool(operation.return_sequences)] + [False] * (count - 1)
    return [_keeps_time(tensor) for tensor in node.output_tensors]


def _keeps_time(tensor: Any) -> bool:
    """After a layer that mixes steps, only the shape tells; where the length is fixed, nothing depends on it."""
    return len(tensor.shape) >= 2 and (tensor.shape[1] is None or len(tensor.shape) >= 3)


def _through_nested(model: Any, incoming: list[bool], found: _Found) -> list[bool]:
    graph = functional_of(model)
    marks = {id(tensor): mark for tensor, mark in zip(graph.inputs, incoming, strict=True)}
    _follow(model, marks, found)
    return [marks.get(id(tensor), False) for tensor in graph.outputs]


def _through_recurrent(node: Any, incoming: list[bool], found: _Found) -> list[bool]:
    layer, obstacles = node.operation, found.obstacles
    found.padding.extend(_padding_obstacles(node))
    if not incoming[0]:
        obstacles.append(f"{layer.name} ({type(layer).__name__}) runs over a repeated vector, not over time")
    if _has_initial_state(node):
        obstacles.append(f"{layer.name} ({type(layer).__name__}) takes its initial state from another layer")
    if layer.go_backwards:
        obstacles.append(f"{layer.name} ({type(layer).__name__}) runs backwards")
    if type(layer) not in _CAUSAL:
        obstacles.append(f"{layer.name} ({type(layer).__name__}) has no chunked lowering yet")
    return [bool(layer.return_sequences)] + [False] * (len(node.output_tensors) - 1)


# Layers that mix steps and leave masked ones out of it.
_HONOUR_MASKS = (keras.layers.RNN, keras.layers.Bidirectional, keras.layers.GlobalAveragePooling1D)


def _padding_obstacles(node: Any) -> list[str]:
    name = f"{node.operation.name} ({type(node.operation).__name__})"
    if not isinstance(node.operation, _HONOUR_MASKS):
        return [f"{name} would take padded steps for real ones"]
    masked = getattr(node.input_tensors[0], "_keras_mask", None) is not None or _masks_zeros(node)
    return [] if masked else [f"nothing masks padded steps before {name}"]


def _masks_zeros(node: Any) -> bool:
    """Whether the layer is given a mask that leaves out the steps of an input that are 0, as padding is."""
    mask = node.arguments.kwargs.get("mask")
    if mask is None or type(mask._keras_history.operation).__name__ != "NotEqual":
        return False
    compared = mask._keras_history.operation._inbound_nodes[mask._keras_history.node_index].arguments.args
    return len(compared) == 2 and type(compared[1]) is int and compared[1] == 0 and _is_input(compared[0])


def _is_input(tensor: Any) -> bool:
    return type(tensor._keras_history.operation) is keras.layers.InputLayer


def _has_initial_state(node: Any) -> bool:
    positional = len(node.arguments.args) > 1 and node.arguments.args[1] is not None
    return positional or node.arguments.kwargs.get("initial_state") is not None


_CAUSAL: tuple[type, ...] = (
    keras.layers.ConvLSTM1D,
    keras.layers.ConvLSTM2D,
    keras.layers.ConvLSTM3D,
    keras.layers.GRU,
    keras.layers.LSTM,
    keras.layers.RNN,
    keras.layers.SimpleRNN,
)


def _is_per_step(operation: Any, incoming: list[bool]) -> bool:
    if type(operation) in _PER_STEP:
        return True
    if type(operation).__name__ in _MASK_OPERATIONS:
        # `Any` asks whether a step has any value that is not masked: over the features, never over time.
        return all(axis in (-1, 2) for axis in _as_list(getattr(operation, "axis", -1)))
    if type(operation) in _MERGES:
        return all(incoming)
    if type(operation) is keras.layers.Concatenate:
        return all(incoming) and operation.axis in (-1, 2)
    if type(operation) in _NORMALIZATIONS:
        return all(axis == -1 or axis >= 2 for axis in _as_list(operation.axis))
    if type(operation) in _WINDOWS:
        size = getattr(operation, "kernel_size", None) or operation.pool_size
        return bool(operation.data_format == "channels_last" and size[0] == 1 and operation.strides[0] == 1)
    return False


def _reshapes_steps(node: Any) -> bool:
    """Whether a Reshape leaves axis 1 as it is, and what each step holds with it."""
    if type(node.operation) is not keras.layers.Reshape:
        return False
    before, after = node.input_tensors[0].shape, node.output_tensors[0].shape
    known = None not in before[2:] and None not in after[2:]
    return before[1] == after[1] and known and math.prod(before[2:]) == math.prod(after[2:])


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
