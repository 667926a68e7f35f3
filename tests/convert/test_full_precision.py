"""Models in half precision become files that compute what their weights give in float32."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from edgernn.convert import convert
from edgernn.convert.full_precision import in_float32
from edgernn.edge_runtime import load


def a_model(dtype: str) -> keras.Model:
    keras.utils.set_random_seed(5)
    given = keras.Input((9, 4), name="x")
    found = layers.Bidirectional(layers.GRU(6, return_sequences=True, dtype=dtype), dtype=dtype)(given)
    found = layers.LSTM(5, dtype=dtype)(found)
    return keras.Model(given, layers.Dense(2, dtype="float32", name="y")(found))


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16", "float16"])
def test_the_weights_stay_and_the_computing_is_float32(dtype):
    half = a_model(dtype)
    wide = in_float32(half)
    plain = a_model("float32")
    plain.set_weights([weight.astype("float32") for weight in half.get_weights()])
    assert {layer.compute_dtype for layer in wide._flatten_layers()} == {"float32"}
    x = np.random.default_rng(1).normal(size=(3, 9, 4)).astype("float32")
    np.testing.assert_allclose(wide(x), plain(x), atol=1e-6)
    # The half precision itself is what is lost.
    np.testing.assert_allclose(half(x), plain(x), atol=0.05)


def test_models_in_float32_are_left_alone():
    model = a_model("float32")
    assert in_float32(model) is model


def test_a_model_of_mixed_precision_is_converted(tmp_path):
    half = a_model("mixed_float16")
    convert(half, quantize="float32").save(tmp_path / "half.tflite")
    x = np.random.default_rng(2).normal(size=(1, 9, 4)).astype("float32")
    found = load(tmp_path / "half.tflite").run({"x": x})
    np.testing.assert_allclose(found["y"], in_float32(half)(x), atol=1e-5)
