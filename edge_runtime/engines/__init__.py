"""The engines, best first, and the choice between them."""

from __future__ import annotations

from edgernn.edge_runtime.engines.base import Array, Engine, EngineOptions, EngineStatus, OpenModel, Stream
from edgernn.edge_runtime.engines.compiled_model import CompiledModelEngine
from edgernn.edge_runtime.engines.interpreter import InterpreterEngine
from edgernn.edge_runtime.errors import InputError, RuntimeUnavailable
from edgernn.edge_runtime.spec.tensors import ExecutionSpec

__all__ = [
    "ENGINES",
    "Array",
    "Engine",
    "EngineOptions",
    "EngineStatus",
    "OpenModel",
    "Stream",
    "choose_engine",
    "open_model",
    "survey",
]

ENGINES: tuple[Engine, ...] = (
    CompiledModelEngine(),
    InterpreterEngine(
        "litert-interpreter",
        "ai-edge-litert",
        "ai_edge_litert.interpreter",
        'pip install "ai-edge-litert>=2.1"',
    ),
    InterpreterEngine(
        "tflite-runtime",
        "tflite-runtime",
        "tflite_runtime.interpreter",
        'pip install "tflite-runtime==2.14.0" "numpy<2" (Python 3.11 or earlier)',
    ),
)


def survey() -> list[EngineStatus]:
    """The state of every engine on this machine, best first."""
    return [engine.status() for engine in ENGINES]


def choose_engine(name: str | None = None) -> Engine:
    """The engine of this name, or the best one that is installed.

    Raises:
      InputError: no engine has that name.
      RuntimeUnavailable: it, or every engine, is missing; the message says what to install.
    """
    if name is not None and name not in [engine.name for engine in ENGINES]:
        raise InputError(f"unknown engine {name!r}: choose one of {', '.join(e.name for e in ENGINES)}")
    candidates = [engine for engine in ENGINES if name in (None, engine.name)]
    refusals = []
    for engine in candidates:
        refusal = engine.refusal()
        if refusal is None:
            return engine
        refusals.append(refusal)
    raise RuntimeUnavailable(f"no engine can run here: {': '.join(refusals[0])}")


def by_preference(execution: ExecutionSpec) -> tuple[Engine, ...]:
    """The engines, the one that runs such a model fastest first.

    Where one step is all that a call computes, no weight is used twice and there is nothing to share: then the
    interpreter's shorter call counts.
    """
    if execution.mode == "chunked" and [signature.steps for signature in execution.signatures] == [1]:
        return tuple(sorted(ENGINES, key=lambda engine: isinstance(engine, CompiledModelEngine)))
    if execution.mode == "dynamic":
        return tuple(engine for engine in ENGINES if not isinstance(engine, CompiledModelEngine))
    return ENGINES


def open_model(
    model: bytes, execution: ExecutionSpec, options: EngineOptions, name: str | None = None
) -> tuple[OpenModel, str]:
    """Opens a model with the named engine, or with the best one that accepts it.

    Returns:
      The open model and the name of the engine that took it.

    Raises:
      RuntimeUnavailable: no engine accepts it; each one's reason is given.
    """
    if name is not None:
        engine = choose_engine(name)
        return engine.open(model, execution, options), name
    choose_engine()
    refusals: list[str] = []
    for engine in by_preference(execution):
        if engine.refusal() is not None:
            continue
        try:
            return engine.open(model, execution, options), engine.name
        except RuntimeUnavailable as error:
            refusals.append(str(error))
    raise RuntimeUnavailable("; ".join(refusals))
