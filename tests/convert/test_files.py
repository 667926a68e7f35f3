"""Files as people have them: written by Keras 2, with Lambdas, with classes of their own."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers
from lowered import randomize

from edgernn.convert.errors import ConversionError
from edgernn.convert.keras_model import load_keras
from edgernn.convert.refusals import refusals


def as_keras_2(path: Path, value: bool) -> None:
    """Gives a file the arguments that tf_keras writes and Keras 3 does not know."""
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            if layer["class_name"] in ("LSTM", "GRU", "SimpleRNN"):
                layer["config"]["time_major"] = value
        file.attrs["model_config"] = json.dumps(config)


def test_a_keras_2_file_is_read(tmp_path):
    model = randomize(keras.Sequential([keras.Input((5, 3)), layers.LSTM(4, return_sequences=True), layers.GRU(2)]))
    file = tmp_path / "old.h5"
    model.save(file)
    as_keras_2(file, value=False)
    before = file.read_bytes()
    with pytest.raises(Exception, match="time_major"):
        keras.saving.load_model(file, compile=False)
    x = np.random.default_rng(0).standard_normal((2, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(np.asarray(load_keras(str(file))(x)), np.asarray(model(x)))
    assert file.read_bytes() == before


def test_time_major_is_refused_by_name(tmp_path):
    file = tmp_path / "old.h5"
    keras.Sequential([keras.Input((5, 3)), layers.LSTM(4, name="turned")]).save(file)
    as_keras_2(file, value=True)
    with pytest.raises(ConversionError, match="turned: time_major=True has no counterpart in Keras 3"):
        load_keras(str(file))


@keras.saving.register_keras_serializable(package="tests")
class Doubler(layers.Layer):
    """A layer of the user's own."""

    def call(self, inputs):
        return 2 * inputs


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_everything_that_cannot_be_loaded_is_named_at_once(tmp_path, suffix):
    model = keras.Sequential(
        [
            keras.Input((5, 3)),
            layers.Lambda(lambda x: x + 1, name="plus"),
            layers.LSTM(4),
            Doubler(name="twice"),
            layers.Lambda(lambda x: x - 1, name="minus"),
        ]
    )
    file = tmp_path / f"custom{suffix}"
    model.save(file)
    reasons = refusals(file)
    assert [reason.split()[0] for reason in reasons] == ["plus", "twice:", "minus"]
    assert "the class Doubler is not one of Keras's own" in reasons[1]
    with pytest.raises(ConversionError) as caught:
        load_keras(str(file))
    assert len(caught.value.reasons) == 3


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_ordinary_models_are_not_refused(tmp_path, suffix):
    inputs = keras.Input((None, 4))
    hidden = layers.Bidirectional(layers.GRU(3, return_sequences=True, kernel_regularizer="l2"))(inputs)
    outputs = layers.TimeDistributed(layers.Dense(2, activation="gelu"))(
        layers.MultiHeadAttention(2, 2)(hidden, hidden)
    )
    model = keras.Model(inputs, outputs)
    model.compile(optimizer="adam", loss="mse")
    file = tmp_path / f"plain{suffix}"
    model.save(file)
    assert refusals(file) == []
