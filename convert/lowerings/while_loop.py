"""A WHILE loop over the whole sequence: the smallest file, any length, any model."""

from __future__ import annotations

from edgernn.convert.loops import dynamic_loop, while_loop
from edgernn.convert.lowerings.base import Lowered, Lowering, LoweringRequest
from edgernn.convert.lowerings.cost import CALL_US, TURN_US, steps_us
from edgernn.convert.lowerings.tracing import trace_signature
from edgernn.convert.lowerings.whole import all_fixed, fixed_length, layer_steps, lower_whole
from edgernn.edge_runtime.spec.tensors import ExecutionSpec


class WhileLoop(Lowering):
    """One signature. Nothing is padded, so nothing has to be masked that Keras does not mask itself."""

    name = "while"

    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """See base: there are none."""
        return ()

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        steps = sum(layer_steps(request, fixed_length(request)))
        return CALL_US + steps * TURN_US + steps_us(steps, 1)

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        if all_fixed(request):
            return lower_whole(request, self.name, [0], while_loop, reason)
        signature = trace_signature(request, "predict", 0, dynamic_loop)
        execution = ExecutionSpec(
            lowering=self.name,
            mode="dynamic",
            signatures=(signature.spec,),
            sequence_inputs=request.causality.sequence_inputs,
            sequence_outputs=request.causality.sequence_outputs,
        )
        return Lowered(execution, (signature,), reason)
