"""Words a second on one core: the shipped file, and a plain Python loop over `tf.function`.

    python benchmarks/translate/speed.py FOLDER BUNDLE.tflite

FOLDER is what the training left, BUNDLE what was converted from it. All take turns, sentence by sentence, over test
sentences evenly spread; words are the source's. Writes speed.json and speed.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_RATIO, _SPARE = 2, 10
_ROUNDS = 3


def plain_loop(folder: Path) -> Callable[[str], str]:
    """Greedy translation as tutorials write it: encoder and step as `tf.function`, the loop in Python."""
    import keras
    import tensorflow as tf
    from tokenizers import Tokenizer

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    task = json.loads((folder / "config.json").read_text(encoding="utf-8"))["task"]
    source, target = (Tokenizer.from_file(str(folder / task[f"{side}_tokenizer"])) for side in ("source", "target"))
    model = keras.models.load_model(folder / "model.keras")
    encoder, step = model.get_layer("encoder"), model.get_layer("step")
    encode = tf.function(encoder, input_signature=[{"source": tf.TensorSpec((1, None), tf.int32)}])
    sizes = {name: tensor.shape[-1] for name, tensor in step.input.items()}
    specs = {name: tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for name, tensor in step.input.items()}
    advance = tf.function(step, input_signature=[specs])

    def translate(text: str) -> str:
        ids = source.encode(text).ids
        memory = encode({"source": tf.constant([ids])})
        given = dict(memory) | {"state_feed": tf.zeros((1, sizes["state_feed"]))}
        token, written = task["begin"], []
        for _ in range(_RATIO * len(ids) + _SPARE):
            outputs = advance({"token": tf.constant([[token]]), **given})
            given |= {name: outputs[name] for name in given if name.startswith("state_")}
            token = int(tf.argmax(outputs["logits"], axis=-1)[0])
            if token == task["end"]:
                break
            written.append(token)
        return str(target.decode(written))

    return translate


def measured(works: dict[str, Callable[[str], Any]], sentences: list[str]) -> dict[str, float]:
    """Words a second of each; the best of some rounds a sentence."""
    for work in works.values():
        work(sentences[0])
    seconds = dict.fromkeys(works, 0.0)
    for sentence in sentences:
        for name, work in works.items():
            seconds[name] += min(_seconds(work, sentence) for _ in range(_ROUNDS))
    words = sum(len(sentence.split()) for sentence in sentences)
    return {name: words / found for name, found in seconds.items()}


def _seconds(work: Callable[[str], Any], sentence: str) -> float:
    began = time.perf_counter()
    work(sentence)
    return time.perf_counter() - began


def table(found: dict[str, float]) -> str:
    """Markdown."""
    plain = found["Keras, plain loop over tf.function, greedy"]
    lines = ["| | words a second | times the plain loop |", "|---|---|---|"]
    return (
        "\n".join([*lines, *(f"| {name} | {rate:.0f} | {rate / plain:.1f} |" for name, rate in found.items())]) + "\n"
    )


def main() -> int:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description="Words a second.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--sentences", type=int, default=200)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from edgernn.edge_runtime import load

    lines = (options.folder / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()
    every = max(1, len(lines) // options.sentences)
    sentences = [json.loads(line)["source"] for line in lines[::every]]
    model = load(options.bundle, threads=1)
    works = {
        "shipped, greedy": lambda text: model.translate(text, beams=1),
        "shipped, 4 beams": lambda text: model.translate(text, beams=4),
        "Keras, plain loop over tf.function, greedy": plain_loop(options.folder),
    }
    found = measured(works, sentences)
    document = {"bundle": options.bundle.name, "sentences": len(sentences), "words_per_second": found}
    (HERE / "speed.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (HERE / "speed.md").write_text(table(found), encoding="utf-8")
    print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
