"""TensorFlow: the Keras model in a `tf.function`, which is several times faster than `predict`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")

import numpy as np
from make_models import keras_model
from units import Decoder, Sequence, Unit
from workloads import WORKLOADS, Array

VARIANTS = {"function": "float32"}


def load(workload: str, variant: str, folder: Path) -> Unit:
    """See units.py."""
    import tensorflow as tf

    model = keras_model(workload, explicit_states=True)
    function = tf.function(lambda *inputs: model(list(inputs) if len(inputs) > 1 else inputs[0], training=False))
    if not WORKLOADS[workload].decodes:
        return Sequence(workload, lambda x: function(tf.constant(x)).numpy())
    zeros = tf.zeros((1, WORKLOADS[workload].units))

    def start(hidden: Array) -> list[Any]:
        return [tf.constant(hidden), zeros][: len(WORKLOADS[workload].states)]

    def step(token: int, states: list[Any]) -> tuple[Array, list[Any]]:
        logits, *after = function(tf.constant(np.array([[token]], np.int32)), *states)
        return logits.numpy(), after

    return Decoder(workload, step, start)
