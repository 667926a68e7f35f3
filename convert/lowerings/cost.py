"""The cost model: rough, measured numbers that rank the lowerings.

Measured on x86-64 with one thread, batch 1. They are not predictions of a latency: only their order counts.
"""

from __future__ import annotations

# One call of a signature from Python, states swapped in place: about 6 us.
CALL_US = 6.0
# One small operation (an activation over some hundred values) in an unrolled graph.
OP_US = 0.25
# One turn of a WHILE loop, beyond the operations in it.
TURN_US = 4.0
# An operation in the file: its node, its output tensor and their tables.
OP_BYTES = 200
# Operations in one step of a recurrent cell (LSTM 13, GRU 15).
OPS_PER_STEP = 14
# What a sequence is taken to be when the lengths that will occur are not known.
TYPICAL_STEPS = 32
# Unrolling is not worth a file of more than this for its operations alone.
MAX_UNROLLED_BYTES = 400_000


def unrolled_bytes(steps: int, layers: int) -> int:
    """Bytes of file for `steps` unrolled steps of `layers` recurrent layers, weights left out."""
    return steps * layers * OPS_PER_STEP * OP_BYTES


def steps_us(steps: int, layers: int) -> float:
    """Microseconds for the operations of `steps` steps."""
    return steps * layers * OPS_PER_STEP * OP_US
