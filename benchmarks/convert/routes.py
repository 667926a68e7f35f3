"""What becomes of recurrent Keras models on the ordinary routes to TensorFlow Lite, and on this one.

    python benchmarks/convert/routes.py            (some ten minutes on 2 cores; writes routes.json and routes.md)

Every model goes through every route in a process of its own, one after another in one run. What a route makes is run by
LiteRT's Interpreter (EdgeRNN's bundle by the kit's runtime) and compared with Keras on random inputs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMIT_S = 240
TOLERANCE = {"float": 1e-4, "int8": 0.25}
OUT = Path(__file__).with_suffix(".json")


def models() -> dict[str, Callable[[], Any]]:
    """Small models of the kinds that people ask for, by name."""
    import keras
    from keras import layers

    def stack(*parts: Any) -> Any:
        return keras.Sequential(list(parts))

    x, ids, fixed = keras.Input((None, 16)), keras.Input((None,), dtype="int32"), keras.Input((30, 16))
    return {
        "LSTM, any length": lambda: stack(x, layers.LSTM(32), layers.Dense(4)),
        "LSTM, 30 steps": lambda: stack(fixed, layers.LSTM(32), layers.Dense(4)),
        "LSTM, 30 steps, unroll=True": lambda: stack(fixed, layers.LSTM(32, unroll=True), layers.Dense(4)),
        "GRU, any length": lambda: stack(x, layers.GRU(32, return_sequences=True), layers.Dense(4)),
        "SimpleRNN, 30 steps": lambda: stack(fixed, layers.SimpleRNN(32), layers.Dense(4)),
        "embedding, masked LSTM": lambda: stack(ids, layers.Embedding(100, 16, mask_zero=True), layers.LSTM(32)),
        "two bidirectional LSTMs": lambda: stack(
            fixed, layers.Bidirectional(layers.LSTM(16, return_sequences=True)), layers.Bidirectional(layers.LSTM(16))
        ),
        "stacked cells": lambda: stack(x, layers.RNN([layers.LSTMCell(16), layers.GRUCell(16)])),
        "convolutional LSTM": lambda: stack(
            keras.Input((6, 8, 8, 1)), layers.ConvLSTM2D(4, 3, padding="same"), layers.Flatten(), layers.Dense(2)
        ),
        "LSTM 512, 50 steps": lambda: stack(keras.Input((50, 256)), layers.LSTM(512), layers.Dense(10)),
    }


ROUTES = (
    "TFLiteConverter, float",
    "TFLiteConverter, int8",
    "Keras export, float",
    "edgernn, float32",
    "edgernn, dynamic_wi8",
)


def main() -> None:
    """Runs every model on every route."""
    names = json.loads(_child("--names")[1])
    rows = [{"model": name, **{route: _outcome(name, route) for route in ROUTES}} for name in names]
    OUT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    OUT.with_suffix(".md").write_text(_table(rows), encoding="utf-8")
    print(_table(rows))


def _outcome(name: str, route: str) -> dict[str, Any]:
    start = time.monotonic()
    try:
        status, output, errors = _child(name, route)
    except subprocess.TimeoutExpired:
        return {"result": "hangs", "seconds": LIMIT_S}
    seconds = round(time.monotonic() - start, 1)
    if status < 0:
        found = {"result": "crashes", "why": f"signal {-status}"}
    elif status:
        found = {"result": "fails", "why": (errors.strip().splitlines() or ["no message"])[-1][:160]}
    else:
        found = json.loads(output.splitlines()[-1])
    print(f"{name:32}{route:26}{found['result']:10}{seconds} s", flush=True)
    return {**found, "seconds": seconds}


def _child(*arguments: str) -> tuple[int, str, str]:
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow")
    process = subprocess.run(
        [sys.executable, __file__, *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        timeout=LIMIT_S,
        check=False,
    )
    return process.returncode, process.stdout, process.stderr


def _table(rows: list[dict[str, Any]]) -> str:
    lines = ["| model | " + " | ".join(ROUTES) + " |", "|---" * (len(ROUTES) + 1) + "|"]
    for row in rows:
        cells = [f"{row[route]['result']} ({row[route]['seconds']:.0f} s)" for route in ROUTES]
        lines.append(f"| {row['model']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def work(name: str, route: str) -> dict[str, Any]:
    """One model on one route: what came of it, and the greatest error as a part of the outputs' scale."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(1)
    model = models()[name]()
    shape = [12 if size is None else size for size in model.inputs[0].shape[1:]]
    generator = np.random.default_rng(2)
    if "int" in model.inputs[0].dtype:
        inputs = generator.integers(1, 100, (1, *shape)).astype(np.int32)
    else:
        inputs = generator.standard_normal((1, *shape)).astype(np.float32)
    expected = np.asarray(model(inputs))
    with tempfile.TemporaryDirectory() as folder:
        found = _run(model, route, inputs, Path(folder) / "model.tflite")
    error = float(np.abs(found.reshape(expected.shape) - expected).max() / np.abs(expected).max())
    kind = "int8" if "8" in route else "float"
    return {"result": "works" if error <= TOLERANCE[kind] else "is wrong", "error": error}


def _run(model: Any, route: str, inputs: Any, path: Path) -> Any:
    if route.startswith("edgernn"):
        from edgernn.convert import convert
        from edgernn.edge_runtime import load

        convert(model, route.split(", ")[1]).save(path)
        return next(iter(load(path).run({model.inputs[0].name: inputs}).values()))
    if route.startswith("Keras"):
        model.export(path, format="litert")
    else:
        _tflite(model, route, inputs, path)
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, inputs.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(index, inputs)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def _tflite(model: Any, route: str, inputs: Any, path: Path) -> None:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if "int8" in route:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([inputs] for _ in range(10))
    path.write_bytes(converter.convert())


if __name__ == "__main__":
    if sys.argv[1:] == ["--names"]:
        print(json.dumps(list(models())))
    elif len(sys.argv) == 3:
        print(json.dumps(work(*sys.argv[1:])))
    else:
        main()
