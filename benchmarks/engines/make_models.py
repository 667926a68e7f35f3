"""Makes the models of the engines that come from Keras: EdgeRNN's bundles and ordinary TFLite conversions.

python benchmarks/engines/make_models.py FOLDER      (run.py calls it)
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

from workloads import WORKLOADS, weights


def keras_model(name: str, *, explicit_states: bool = False) -> Any:
    """The workload in Keras.

    Args:
      name: of the workload.
      explicit_states: for one that decodes: one token and the states in, logits and the states out, as people write it
        who feed the states back by hand; else a sequence of any length in.
    """
    import keras
    from keras import layers

    load, w = WORKLOADS[name], weights(name)
    make = layers.LSTM if load.cell == "lstm" else layers.GRU
    dense = layers.Dense(load.outputs, name="y")
    if load.decodes:
        model = _decoder(keras, load, make, dense, explicit_states)
    else:
        x = hidden = keras.Input((load.steps, load.inputs), batch_size=1 if explicit_states else None, name="x")
        if load.bidirectional:
            hidden = layers.Bidirectional(make(load.units, return_sequences=True))(hidden)
        else:
            for layer in range(load.layers):
                hidden = make(load.units, return_sequences=layer + 1 < load.layers)(hidden)
        model = keras.Model(x, dense(hidden))
    keys = ["E"] if load.decodes else []
    for layer in range(load.layers):
        for suffix in ("", "r") if load.bidirectional else ("",):
            keys += [f"{part}{layer}{suffix}" for part in "KUB"]
    model.set_weights([w[key] for key in (*keys, "D", "d")])
    return model


def _decoder(keras: Any, load: Any, make: Any, dense: Any, explicit_states: bool) -> Any:
    embedding = keras.layers.Embedding(load.outputs, load.inputs)
    if not explicit_states:
        tokens = keras.Input((None,), dtype="int32", name="tokens")
        return keras.Model(tokens, dense(make(load.units, return_sequences=True)(embedding(tokens))))
    token = keras.Input((1,), batch_size=1, dtype="int32", name="token")
    states = [keras.Input((load.units,), batch_size=1, name=name) for name in load.states]
    given = states if load.cell == "lstm" else states[0]
    hidden, *after = make(load.units, return_state=True)(embedding(token), initial_state=given)
    return keras.Model([token, *states], [dense(hidden), *after])


def main(folder: Path) -> None:
    """Writes what is missing in `folder`."""
    from edgernn.convert import convert

    folder.mkdir(parents=True, exist_ok=True)
    for name, load in WORKLOADS.items():
        for recipe in ("float32", "dynamic_wi8", "dynamic_wi4"):
            path = folder / f"{name}.{recipe}.edgernn.tflite"
            if not path.exists():
                lowering = "stepping" if load.decodes else "auto"
                convert(keras_model(name), recipe, lowering=lowering).save(path)
                print(f"made {path.name}", flush=True)
        for kind in ("float32", "dynamic"):
            path = folder / f"{name}.{kind}.ordinary.tflite"
            if not path.exists():
                path.write_bytes(_ordinary(keras_model(name, explicit_states=True), kind))
                print(f"made {path.name}", flush=True)


def _ordinary(model: Any, kind: str) -> bytes:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind == "dynamic":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    made: bytes = converter.convert()
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]))
