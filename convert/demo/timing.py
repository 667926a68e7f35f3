"""Time and memory of one model on the test messages, in a process of its own.

`python -m edgernn.convert.demo.timing keras DIR` or `... artifact BUNDLE DIR`; prints one JSON document. The
figures of one run can be compared with each other; those of another day or machine cannot.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.edge_runtime.cli.output import quiet_native_logs_for_good
from edgernn.edge_runtime.measure.memory import peak_memory_bytes

_MESSAGES, _ROUNDS = 100, 3

Call = Callable[[str], object]


def main(arguments: list[str]) -> dict[str, Any]:
    """Figures of the model that the arguments name."""
    kind, *places = arguments
    folder = Path(places[-1])
    start = time.perf_counter()
    call = _keras(folder) if kind == "keras" else _artifact(places[0])
    loaded = time.perf_counter()
    texts = _texts(folder)
    for text in texts:  # a first round: what is compiled or allocated once is not timed
        call(text)
    samples = [_time(call, text) for _ in range(_ROUNDS) for text in texts]
    p50, p90 = np.percentile(samples, (50, 90))
    return {
        "load_ms": 1e3 * (loaded - start),
        "p50_us": float(p50),
        "p90_us": float(p90),
        "calls": len(samples),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def _keras(folder: Path) -> Call:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras

    from edgernn.edge_runtime.text import clean_text, load_tokenizer

    model = keras.models.load_model(folder / "model.keras", compile=False, safe_mode=True)
    limit = json.loads((folder / "config.json").read_text(encoding="utf-8"))["task"]["text"]["max_chars"]
    tokenizer = load_tokenizer((folder / "tokenizer.json").read_bytes())

    def call(text: str) -> object:
        ids = np.array([tokenizer.encode(clean_text(text, limit))], np.int32)
        # The fastest of Keras's own ways for one example: a compiled graph, without predict()'s set-up.
        return model.predict_on_batch(ids)

    return call


def _artifact(bundle: str) -> Call:
    from edgernn.edge_runtime.loading import load
    from edgernn.edge_runtime.tasks.classify import TextClassifier

    model = load(bundle)
    if not isinstance(model, TextClassifier):
        raise TypeError(f"{bundle} is no classifier")
    return model.classify


def _texts(folder: Path) -> list[str]:
    lines = (folder / "data" / "test.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    step = max(1, len(lines) // _MESSAGES)
    return [json.loads(line)["text"] for line in lines[::step][:_MESSAGES]]


def _time(call: Call, text: str) -> float:
    start = time.perf_counter_ns()
    call(text)
    return (time.perf_counter_ns() - start) / 1e3


if __name__ == "__main__":
    quiet_native_logs_for_good()
    print(json.dumps(main(sys.argv[1:])))
