"""What the lowerings that need the whole sequence share."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.convert.graph.substitution import Loop
from edgernn.convert.graph.walk import built_steps, recurrent_layers
from edgernn.convert.lowerings.base import Lowered, LoweringRequest
from edgernn.convert.lowerings.cost import TYPICAL_STEPS
from edgernn.convert.lowerings.tracing import trace_signature
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


def length_obstacles(request: LoweringRequest) -> tuple[str, ...]:
    """Why sequences of free length cannot be padded to the lengths of a few signatures."""
    free = [t.name for t in request.inputs if None in t.shape]
    if not free:
        return ()
    if request.max_length is None:
        return (f"input {free[0]} takes sequences of any length, and unrolled ones end somewhere",)
    others = tuple(f"input {t.name} has more than one free axis" for t in request.inputs if None in t.shape[2:])
    return (*others, *request.causality.padding_obstacles)


def all_fixed(request: LoweringRequest) -> bool:
    """Whether the model leaves no axis free."""
    return not any(None in tensor.shape for tensor in request.inputs)


def fixed_length(request: LoweringRequest) -> int:
    """The longest sequence that the model's own shapes name; a typical one where they name none."""
    lengths = [t.shape[1] for t in request.inputs if t.name in request.causality.sequence_inputs]
    return max((length for length in lengths if length is not None), default=TYPICAL_STEPS)


def lower_whole(request: LoweringRequest, name: str, lengths: Sequence[int], loop: Loop, reason: str) -> Lowered:
    """Signatures `predict_N` for each length, or `predict` for length 0: the shapes are then the model's own."""
    signatures = tuple(
        trace_signature(request, f"predict_{steps}" if steps else "predict", steps, loop) for steps in lengths
    )
    execution = ExecutionSpec(
        lowering=name,
        mode="whole",
        signatures=tuple(signature.spec for signature in signatures),
        sequence_inputs=request.causality.sequence_inputs,
        sequence_outputs=request.causality.sequence_outputs,
    )
    return Lowered(execution, signatures, reason)


def layer_steps(request: LoweringRequest, steps: int) -> list[int]:
    """Steps of each recurrent layer when the sequence has `steps`: a layer behind a reshaping may have fewer."""
    layers = recurrent_layers(request.model)
    return [(built_steps(layer) if all_fixed(request) else None) or steps for layer in layers]
