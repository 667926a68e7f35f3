"""Bundles that compute several sequences at once."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers
from lowered import randomize

from edgernn.convert import convert
from edgernn.convert.calibration import read_calibration
from edgernn.convert.errors import ConversionError
from edgernn.edge_runtime import load
from edgernn.edge_runtime.errors import InputError

BATCH, STEPS, FEATURES = 3, 21, 4


@pytest.fixture(scope="module")
def model():
    stack = [layers.LSTM(6, return_sequences=True), layers.GRU(5, return_sequences=True), layers.Dense(2, name="y")]
    return randomize(keras.Sequential([keras.Input((None, FEATURES), name="x"), *stack]))


@pytest.fixture(scope="module")
def bundle(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("batch") / "b.tflite"
    convert(model, "float32", batch=BATCH).save(path)
    return load(path)


def sequences(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((BATCH, STEPS, FEATURES)).astype(np.float32)


def test_rows_are_sequences_of_their_own(model, bundle):
    x = sequences(1)
    assert bundle.manifest.inputs[0].shape == (BATCH, None, FEATURES)
    assert {state.shape[0] for state in bundle.manifest.execution.states} == {BATCH}
    np.testing.assert_allclose(bundle.run({"x": x})["y"], model(x), atol=1e-5)
    other = np.concatenate([x[:1], sequences(2)[1:]])
    # A row does not see the others.
    np.testing.assert_array_equal(bundle.run({"x": other})["y"][0], bundle.run({"x": x})["y"][0])


def test_a_session_steps_all_rows(model, bundle):
    x = sequences(3)
    session = bundle.session()
    with_time = [session.step(x[:, t : t + 1])["y"] for t in range(STEPS // 2)]
    without = [session.step(x[:, t])["y"] for t in range(STEPS // 2, STEPS)]
    np.testing.assert_allclose(np.concatenate([*with_time, *without], axis=1), model(x), atol=1e-5)
    with pytest.raises(InputError, match=r"has shape \[4\], expected \[3, 1, 4\]"):
        session.step(x[0, 0])


def test_what_does_not_fit_is_refused(bundle):
    with pytest.raises(InputError, match=r"has shape \[1, 21, 4\], expected \[3, any, 4\]"):
        bundle.run({"x": sequences(1)[:1]})
    for batch in (0, 1000):
        with pytest.raises(InputError, match="batch must be 1 to 256"):
            convert("anything.keras", batch=batch)


def test_a_model_of_its_own_batch_size():
    inputs = keras.Input(batch_shape=(2, None, FEATURES), name="x")
    model = randomize(keras.Sequential([inputs, layers.LSTM(5, stateful=True, name="y")]))
    with pytest.raises(ConversionError, match="takes batches of 2 itself: convert it with --batch 2, or without"):
        convert(model, "float32", batch=3)
    result = convert(model, "float32", batch=2)
    assert result.manifest.inputs[0].shape == (2, None, FEATURES)


def test_calibration_examples_are_taken_in_batches():
    cases = read_calibration({"x": np.arange(7)[:, None]}, batch=3)
    assert [case["x"].ravel().tolist() for case in cases] == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(InputError, match="holds 2 examples, fewer than a batch of 3"):
        read_calibration({"x": np.zeros((2, 1))}, batch=3)
