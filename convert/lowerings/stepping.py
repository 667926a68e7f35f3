"""Stepping: chunked stepping with one signature of one step; the smallest file for streams that come step by step."""

from __future__ import annotations

from dataclasses import replace

from edgernn.convert.lowerings.base import Lowered, LoweringRequest
from edgernn.convert.lowerings.chunked import Chunked


class Stepping(Chunked):
    """For causal models that are fed one step at a time: language models, sensors.

    No weight is used twice in a call, so that any interpreter runs it at the full speed and with one copy of the
    weights. A long sequence takes a call a step.
    """

    name = "stepping"

    def cost(self, request: LoweringRequest) -> float:
        """See base."""
        return super().cost(_single(request))

    def lower(self, request: LoweringRequest, reason: str) -> Lowered:
        """See base."""
        return super().lower(_single(request), reason)


def _single(request: LoweringRequest) -> LoweringRequest:
    return replace(request, chunk_sizes=(1,))
