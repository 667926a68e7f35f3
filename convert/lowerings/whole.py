"""What the lowerings that need the whole sequence share."""

from __future__ import annotations

from collections.abc import Sequence

from edgernn.convert.graph.substitution import Loop
from edgernn.convert.lowerings.base import Lowered, LoweringRequest
from edgernn.convert.lowerings.tracing import trace_signature
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


def length_obstacles(request: LoweringRequest) -> tuple[str, ...]:
    """Sequences of free length are padded to a signature's length: only a mask keeps padding out of the result."""
    free = [t.name for t in request.inputs if t.name in request.causality.sequence_inputs and t.shape[1] is None]
    if free and not uses_masks(request):
        return (
            f"input {free[0]} has a free length, the model needs the whole sequence, and nothing masks padded "
            "steps: fix the length in its Input, or use mask_zero=True or Masking",
        )
    return ()


def uses_masks(request: LoweringRequest) -> bool:
    """Whether some layer makes a mask (Embedding with mask_zero, Masking)."""
    layers = request.model._flatten_layers()
    return any(getattr(layer, "mask_zero", False) or type(layer).__name__ == "Masking" for layer in layers)


def fixed_length(request: LoweringRequest) -> int | None:
    """The model's own sequence length, where it has one."""
    lengths = [t.shape[1] for t in request.inputs if t.name in request.causality.sequence_inputs]
    return next((length for length in lengths if length is not None), None)


def lower_whole(request: LoweringRequest, name: str, lengths: Sequence[int], loop: Loop, reason: str) -> Lowered:
    """Signatures `predict_N` for each length; shorter sequences are padded with zeros and masked."""
    signatures = tuple(trace_signature(request, f"predict_{steps}", steps, loop) for steps in lengths)
    execution = ExecutionSpec(
        lowering=name,
        mode="whole",
        signatures=tuple(signature.spec for signature in signatures),
        sequence_inputs=request.causality.sequence_inputs,
        sequence_outputs=request.causality.sequence_outputs,
    )
    return Lowered(execution, signatures, reason)
