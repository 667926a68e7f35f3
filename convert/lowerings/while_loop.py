"""A WHILE loop over the whole sequence: the smallest file, and padded steps are not computed."""

from __future__ import annotations

from edgernn.convert.graph.walk import recurrent_layers
from edgernn.convert.loops import while_loop
from edgernn.convert.lowerings.base import Lowered, Lowering, LoweringRequest
from edgernn.convert.lowerings.cost import CALL_US, TURN_US, TYPICAL_STEPS, steps_us
from edgernn.convert.lowerings.whole import fixed_length, length_obstacles, lower_whole, uses_masks


class WhileLoop(Lowering):
    """One signature for the greatest length; the loop stops at the real length."""

    name = "while"

    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """See base."""
        if uses_masks(request) and not request.always_real:
            return ("masks of any shape need every step computed: a loop that stops at the length is not enough",)
        return length_obstacles(request)

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        layers = len(recurrent_layers(request.model))
        steps = fixed_length(request) or TYPICAL_STEPS
        return CALL_US + steps * layers * TURN_US + steps_us(steps, layers)

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        length = fixed_length(request) or request.max_length
        return lower_whole(request, self.name, [length], while_loop, reason)
