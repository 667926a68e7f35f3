"""A WHILE loop over the whole sequence: the smallest file."""

from __future__ import annotations

from edgernn.convert.graph.walk import recurrent_layers
from edgernn.convert.loops import prefix_while_loop, while_loop
from edgernn.convert.lowerings.base import Lowered, Lowering, LoweringRequest
from edgernn.convert.lowerings.cost import CALL_US, TURN_US, TYPICAL_STEPS, steps_us
from edgernn.convert.lowerings.whole import fixed_length, length_obstacles, lower_whole


class WhileLoop(Lowering):
    """One signature for the greatest length; where padding is known to come last, the loop stops before it."""

    name = "while"

    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """See base."""
        return length_obstacles(request)

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        layers = len(recurrent_layers(request.model))
        steps = fixed_length(request) or TYPICAL_STEPS
        return CALL_US + steps * layers * TURN_US + steps_us(steps, layers)

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        length = fixed_length(request) or request.max_length
        loop = prefix_while_loop if request.always_real else while_loop
        return lower_whole(request, self.name, [length], loop, reason)
