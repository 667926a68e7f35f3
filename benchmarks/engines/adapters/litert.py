"""LiteRT with the ordinary conversion of a Keras model of batch 1, and states fed back by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

VARIANTS = {"float32": "float32", "dynamic": "reduced"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(folder / f"{workload}.{variant}.ordinary.tflite"), num_threads=1)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    if not WORKLOADS[workload].decodes:
        return Sequence(workload, _sequence(interpreter, inputs[0]["index"], outputs[0]["index"]))
    return _decoder(workload, interpreter)


def _sequence(interpreter: Any, into: int, out: int) -> Any:
    def run(x: Array) -> Array:
        interpreter.set_tensor(into, x)
        interpreter.invoke()
        found: Array = interpreter.get_tensor(out)
        return found

    return run


def _decoder(workload: str, interpreter: Any) -> Unit:
    load = WORKLOADS[workload]
    runner = interpreter.get_signature_runner()
    inputs = {name: detail["index"] for name, detail in runner.get_input_details().items()}
    outputs = runner.get_output_details()
    logits = next(d["index"] for d in outputs.values() if d["shape"][-1] == load.outputs)
    # Keras's outputs in their order: logits, then the states.
    after = [outputs[name]["index"] for name in sorted(outputs, key=_number) if outputs[name]["index"] != logits]
    buffer = np.zeros((1, 1), np.int32)

    def start(hidden: Array) -> list[Array]:
        return [hidden, np.zeros((1, load.units), np.float32)][: len(load.states)]

    def step(token: int, states: list[Array]) -> tuple[Array, list[Array]]:
        buffer[0, 0] = token
        interpreter.set_tensor(inputs["token"], buffer)
        for name, state in zip(load.states, states, strict=True):
            interpreter.set_tensor(inputs[name], state)
        interpreter.invoke()
        return interpreter.get_tensor(logits), [interpreter.get_tensor(index) for index in after]

    return Decoder(workload, step, start)


def _number(name: str) -> int:
    return int(name.rsplit("_", 1)[1]) if name.rsplit("_", 1)[-1].isdigit() else 0
