"""Chunked stepping: a few unrolled sizes with the states as inputs and outputs; any length, streaming for free."""

from __future__ import annotations

from edgernn.convert.graph.walk import recurrent_layers
from edgernn.convert.loops import chunk_loop
from edgernn.convert.lowerings.base import Lowered, Lowering, LoweringRequest
from edgernn.convert.lowerings.cost import CALL_US, TYPICAL_STEPS, steps_us
from edgernn.convert.lowerings.tracing import discover_states, trace_signature
from edgernn.edge_runtime.plan import chunk_plan
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


class Chunked(Lowering):
    """For causal models: output step t depends on no later input step."""

    name = "chunked"

    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """See base."""
        return request.causality.obstacles

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        layers = len(recurrent_layers(request.model))
        return len(chunk_plan(TYPICAL_STEPS, request.chunk_sizes)) * CALL_US + steps_us(TYPICAL_STEPS, layers)

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        states = discover_states(request, chunk_loop)
        keep_masks = not request.always_real
        signatures = tuple(
            trace_signature(request, f"chunk_{steps}", steps, chunk_loop, states, keep_masks)
            for steps in request.chunk_sizes
        )
        execution = ExecutionSpec(
            lowering=self.name,
            mode="chunked",
            signatures=tuple(signature.spec for signature in signatures),
            states=states,
            sequence_inputs=request.causality.sequence_inputs,
            sequence_outputs=request.causality.sequence_outputs,
        )
        return Lowered(execution, signatures, reason)
