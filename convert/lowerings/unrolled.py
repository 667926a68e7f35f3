"""Unrolled whole sequences: fast for short ones, at the price of file size."""

from __future__ import annotations

from edgernn.convert.loops import unrolled_loop
from edgernn.convert.lowerings.base import Lowered, Lowering, LoweringRequest
from edgernn.convert.lowerings.cost import (
    CALL_US,
    MAX_UNROLLED_BYTES,
    TYPICAL_STEPS,
    steps_us,
    unrolled_bytes,
)
from edgernn.convert.lowerings.whole import all_fixed, fixed_length, layer_steps, length_obstacles, lower_whole

# A signature of so many steps is the shortest: a call has its own price.
_SHORTEST = 8
# Several signatures share half of what `OP_BYTES` counts, and only the longest of them is half of all operations.
_MOST_BYTES = 2 * MAX_UNROLLED_BYTES
# A step that may be padding is blended with the one before: so many times the operations.
_BLENDING = 1.4


class Unrolled(Lowering):
    """Signatures of a few lengths, each half of the next longer one: at most half of the steps are padding."""

    name = "unrolled"

    def obstacles(self, request: LoweringRequest) -> tuple[str, ...]:
        """See base."""
        if reasons := length_obstacles(request):
            return reasons
        needed = sum(unrolled_bytes(sum(layer_steps(request, n)), 1) for n in _lengths(request))
        if needed > (MAX_UNROLLED_BYTES if all_fixed(request) else _MOST_BYTES):
            return (f"about {needed // 1000} kB of operations for {_lengths(request)[0]} steps is too much",)
        return ()

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        if all_fixed(request):
            return CALL_US + steps_us(sum(layer_steps(request, fixed_length(request))), 1)
        # Padded steps are computed too: a typical sequence runs in the next longer signature.
        steps = min((n for n in _lengths(request) if n >= TYPICAL_STEPS), default=TYPICAL_STEPS)
        return CALL_US + _BLENDING * steps_us(sum(layer_steps(request, steps)), 1)

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        lengths = [0] if all_fixed(request) else _lengths(request)
        return lower_whole(request, self.name, lengths, unrolled_loop, reason)


def _lengths(request: LoweringRequest) -> list[int]:
    if all_fixed(request) or request.max_length is None:
        return [fixed_length(request)]
    lengths = [request.max_length]
    while lengths[-1] > _SHORTEST:
        lengths.append(-(-lengths[-1] // 2))
    return lengths
