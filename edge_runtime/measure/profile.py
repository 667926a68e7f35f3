"""Where a signature's time goes, by kind of operator.

No runtime for Python tells this of itself, so each kind of operator is timed alone: many copies of it in a model of
their own, with the shapes, types and weights that it has in the bundle. What their sum leaves of the whole call is the
engine's own work, and the cache that operators take from each other.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from edgernn.edge_runtime.engines.compiled_model import IN_MEMORY, CompiledModelEngine, compile_model
from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.measure.operators import ALONE, Alone, Kinds, Operator

_ROUNDS = 9


@dataclass(frozen=True)
class OperatorTime:
    """One kind of operator in a signature.

    Attributes:
      name: as in TFLite's schema.
      shapes: of its inputs, constants included, and of its outputs.
      count: how often the signature has it.
      us_each: microseconds of one, or None where it cannot run alone.
    """

    name: str
    shapes: str
    count: int
    us_each: float | None

    @property
    def us(self) -> float:
        """Microseconds of all of them."""
        return self.count * (self.us_each or 0.0)


def profile(model: bytes, signature: str, engine: str, share_packed_weights: bool = True) -> tuple[OperatorTime, ...]:
    """Times the operators of a signature on one thread, the slowest kind first.

    Args:
      model: the TFLite FlatBuffer.
      signature: its name in the file.
      engine: name of the engine that runs the bundle.
      share_packed_weights: as in `ExecutionSpec`.

    Returns:
      Nothing where `ai_edge_litert`, which brings the schema of the format, does not run the bundle.
    """
    if engine == "tflite-runtime":
        return ()
    from ai_edge_litert import schema_py_generated as schema

    kinds = Kinds(schema, schema.ModelT.InitFromPackedBuf(model, 0))
    groups: dict[tuple[Any, ...], list[Operator]] = {}
    for operator in kinds.operators_of(signature):
        groups.setdefault(operator.key, []).append(operator)
    cache = IN_MEMORY if engine == CompiledModelEngine.name and share_packed_weights else None
    buffer_us = _buffer_us(groups.values(), cache) if cache else 0.0
    found = [_timed(operators, cache, buffer_us) for operators in groups.values()]
    return tuple(sorted(found, key=lambda kind: -kind.us))


def _buffer_us(groups: Iterable[list[Operator]], cache: str) -> float:
    """What a buffer outside the graph costs `CompiledModel`: inside the bundle's graph operators have none."""
    usual = next((group[0] for group in groups if group[0].can_be_alone and not group[0].has_weights), None)
    if usual is None:
        return 0.0
    compiled, interpreted = _one_us(usual, cache), _one_us(usual, None)
    return max(0.0, compiled - interpreted) / usual.buffers if compiled and interpreted else 0.0


def _timed(operators: list[Operator], cache: str | None, buffer_us: float) -> OperatorTime:
    first = operators[0]
    # Packed weights are shared by all that use them, which only `CompiledModel` can do.
    shared = cache if first.has_weights else None
    each = _one_us(first, shared) if first.can_be_alone else None
    if each is not None and shared is not None:
        each = max(0.0, each - first.buffers * buffer_us)
    return OperatorTime(first.name, first.shapes, len(operators), each)


def _one_us(operator: Operator, cache: str | None) -> float | None:
    """Microseconds of one among many; None where the runtime refuses it alone."""
    copies = operator.copies
    try:
        one, many = _medians([_call(operator.alone(number), cache) for number in (1, 1 + copies)])
    except (RuntimeError, ValueError):
        return None
    return max(0.0, (many - one) / copies)


def _call(alone: Alone, cache: str | None) -> Callable[[], None]:
    """What runs the model once: with `CompiledModel` and this weight cache, or with the `Interpreter` (None)."""
    with quiet_native_logs():
        return _interpreted(alone) if cache is None else _compiled(alone, cache)


def _compiled(alone: Alone, cache: str) -> Callable[[], None]:
    native = compile_model(alone.model, 1, cache)
    names = native.get_signature_list()[ALONE]
    inputs = [native.create_input_buffer_by_name(ALONE, name) for name in names["inputs"]]
    outputs = [native.create_output_buffer_by_name(ALONE, name) for name in names["outputs"]]
    for name, buffer in zip(names["inputs"], inputs, strict=True):
        buffer.write(alone.inputs[name])
    return lambda: native.run_by_index(0, inputs, outputs)


def _interpreted(alone: Alone) -> Callable[[], None]:
    from ai_edge_litert.interpreter import Interpreter

    native = Interpreter(model_content=alone.model, num_threads=1)
    native.allocate_tensors()
    for detail in native.get_input_details():
        native.set_tensor(detail["index"], alone.inputs[detail["name"]])
    invoke: Callable[[], None] = native.invoke
    return invoke


def _medians(calls: list[Callable[[], None]]) -> list[float]:
    """Microseconds of each, taken in turn."""
    for call in calls:
        call()
    start = time.perf_counter()
    calls[-1]()
    repeats = max(1, min(200, int(2e-3 / max(time.perf_counter() - start, 1e-6))))
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(_ROUNDS):
        for found, call in zip(times, calls, strict=True):
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            found.append(1e6 * (time.perf_counter() - start) / repeats)
    return [statistics.median(found) for found in times]
