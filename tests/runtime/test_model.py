from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import EdgeRNNError, load
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.engines import ENGINES, EngineOptions, choose_engine, open_model, survey
from edgernn.edge_runtime.errors import InputError, RuntimeUnavailable
from edgernn.edge_runtime.golden import arrays_of, golden_from_json
from edgernn.edge_runtime.model import check_inputs
from edgernn.edge_runtime.spec.tensors import TensorSpec

USABLE = [status.name for status in survey() if status.available]


@pytest.fixture(scope="module")
def float_model():
    from conftest import FIXTURES

    return load(FIXTURES / "tiny.float32.tflite")


def states_like(execution, seed):
    generator = np.random.default_rng(seed)
    return {s.name: generator.standard_normal(s.shape).astype(s.dtype) for s in execution.states}


@pytest.mark.parametrize("engine", USABLE)
def test_golden_vectors_on_every_engine(float_bundle, engine):
    model = load(float_bundle, engine=engine)
    assert model.engine == engine
    for vector in golden_from_json(model.bundle.assets["golden.json"]):
        outputs = model.run(arrays_of(vector.inputs))
        for name, expected in vector.outputs.items():
            assert expected.stride == 1
            np.testing.assert_allclose(outputs[name].ravel(), expected.values, atol=1e-5)


@pytest.mark.parametrize("engine", USABLE)
def test_signatures_agree_from_states_that_are_not_zero(float_bundle, engine):
    """16 single steps, 4 chunks of 4 and one of 16 end in the same states and outputs."""
    bundle = read_bundle(float_bundle)
    execution = bundle.manifest.execution
    opened, _ = open_model(bundle.content, execution, EngineOptions(), engine)
    ids = np.random.default_rng(3).integers(1, 250, (1, 16)).astype(np.int32)
    start = states_like(execution, 4)
    ends = []
    for index, signature in enumerate(execution.signatures):
        stream = opened.stream()
        stream.set_states(start)
        for at in range(0, 16, signature.steps):
            stream.run(index, {"tokens": ids[:, at : at + signature.steps]})
        ends.append({**stream.outputs(index), **stream.states()})
    for name in ends[0]:
        np.testing.assert_allclose(ends[1][name], ends[0][name], atol=1e-5)
        np.testing.assert_allclose(ends[2][name], ends[0][name], atol=1e-5)
    assert not np.allclose(ends[0]["state_lstm_1_h"], ends[0]["state_lstm_1_c"], atol=1e-2)


@pytest.mark.parametrize("engine", USABLE)
def test_streams_of_one_model_do_not_touch_each_other(float_bundle, engine):
    bundle = read_bundle(float_bundle)
    execution = bundle.manifest.execution
    opened, _ = open_model(bundle.content, execution, EngineOptions(), engine)
    ids = np.random.default_rng(5).integers(1, 250, (2, 6)).astype(np.int32)
    step = len(execution.signatures) - 1

    def alone(row):
        stream = opened.stream()
        for token in ids[row]:
            stream.run(step, {"tokens": token.reshape(1, 1)})
        return stream.states()

    expected = [alone(0), alone(1)]
    streams = [opened.stream(), opened.stream()]
    for time in range(6):
        for row in (1, 0):
            streams[row].run(step, {"tokens": ids[row, time].reshape(1, 1)})
    for row in (0, 1):
        for name, value in streams[row].states().items():
            np.testing.assert_array_equal(value, expected[row][name])


def test_states_are_copies(float_bundle):
    bundle = read_bundle(float_bundle)
    opened, _ = open_model(bundle.content, bundle.manifest.execution, EngineOptions())
    stream = opened.stream()
    stream.run(2, {"tokens": np.array([[7]], np.int32)})
    first = stream.states()
    kept = {name: value.copy() for name, value in first.items()}
    first["state_lstm_1_h"][:] = 99.0
    stream.states()["state_lstm_1_c"][:] = 99.0
    for name, value in stream.states().items():
        np.testing.assert_array_equal(value, kept[name])


@given(st.lists(st.integers(0, 250), min_size=1, max_size=70))
def test_a_call_starts_anew_whatever_came_before(float_model, ids):
    tokens = np.array([ids], np.int32)
    first = float_model.run({"tokens": tokens})["probabilities"]
    float_model.run({"tokens": np.array([[3, 1, 4, 1, 5]], np.int32)})
    np.testing.assert_array_equal(float_model.run({"tokens": tokens})["probabilities"], first)
    assert first.shape == (1, 3)
    assert first.sum() == pytest.approx(1.0, abs=1e-5)


def test_lists_and_wider_integers_are_taken(float_model):
    expected = float_model.run({"tokens": np.array([[1, 2, 3]], np.int32)})["probabilities"]
    np.testing.assert_array_equal(float_model.run({"tokens": [[1, 2, 3]]})["probabilities"], expected)


def test_names_that_keras_made_up_go_by_their_order():
    specs = (
        TensorSpec("input_layer", "int32", (1, None)),
        TensorSpec("lengths", "int32", (1,)),
        TensorSpec("input_layer_1", "float32", (1, 2)),
    )
    given = {"keras_tensor_7": [[4]], "keras_tensor_9": [[0.5, 1.5]], "lengths": [3]}
    arrays = check_inputs(given, specs)
    assert arrays["input_layer"].tolist() == [[4]]
    assert arrays["input_layer_1"].tolist() == [[0.5, 1.5]]
    with pytest.raises(InputError, match="unknown input 'tokens'; input 'input_layer' is missing"):
        check_inputs({"tokens": [[4]], "lengths": [3], "input_layer_1": [[0.5, 1.5]]}, specs)
    with pytest.raises(InputError, match="unknown input 'keras_tensor_7'"):
        check_inputs({"keras_tensor_7": [[4]], "lengths": [3]}, specs)


@pytest.mark.parametrize(
    ("inputs", "fault"),
    [
        ({}, "input 'tokens' is missing"),
        ({"tokens": [[1]], "x": 1}, "unknown input 'x'"),
        ({"tokens": [1, 2]}, "has shape [2], expected [1, any]"),
        ({"tokens": [[1], [2]]}, "has shape [2, 1], expected [1, any]"),
        ({"tokens": [[0.5]]}, "has dtype float64, expected int32"),
        ({"tokens": [["a"]]}, "has dtype <U1, expected int32"),
        ({"tokens": [[2**40]]}, "holds whole numbers beyond int32"),
        ({"tokens": np.zeros((1, 0), np.int32)}, "is empty: at least one step is needed"),
    ],
)
def test_bad_inputs_are_named(float_model, inputs, fault):
    with pytest.raises(InputError) as caught:
        float_model.run(inputs)
    assert fault in str(caught.value)


def test_threads_share_a_model_safely(float_model):
    inputs = [{"tokens": np.full((1, n), n, np.int32)} for n in range(1, 9)]
    expected = [float_model.run(i)["probabilities"] for i in inputs]
    wrong: list[int] = []

    def work(row):
        for _ in range(30):
            if not np.array_equal(float_model.run(inputs[row])["probabilities"], expected[row]):
                wrong.append(row)

    threads = [threading.Thread(target=work, args=(row,)) for row in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_unknown_engine_and_threads(float_bundle):
    with pytest.raises(InputError, match="unknown engine 'warp': choose one of litert-compiled"):
        load(float_bundle, engine="warp")
    with pytest.raises(InputError, match="threads must be 1 or more"):
        load(float_bundle, threads=0)


def test_a_missing_engine_says_what_to_install(monkeypatch):
    monkeypatch.setattr("edgernn.edge_runtime.engines.compiled_model.has_module", lambda name: False)
    monkeypatch.setattr("edgernn.edge_runtime.engines.interpreter.has_module", lambda name: False)
    with pytest.raises(RuntimeUnavailable, match="pip install"):
        choose_engine()


def test_a_refusing_engine_is_passed_over(float_bundle, monkeypatch):
    def refuse(self, model, execution, threads):
        raise RuntimeUnavailable("no LSE instructions")

    monkeypatch.setattr(type(ENGINES[0]), "open", refuse)
    assert load(float_bundle).engine == USABLE[1]


def test_no_engine_at_all_gives_every_reason(float_bundle, monkeypatch):
    def refuse(self, model, execution, threads):
        raise RuntimeUnavailable(f"{self.name} says no")

    for kind in {type(engine) for engine in ENGINES}:
        monkeypatch.setattr(kind, "open", refuse)
    with pytest.raises(EdgeRNNError, match="litert-compiled says no; litert-interpreter says no"):
        load(float_bundle)
