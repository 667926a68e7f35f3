"""The profile of `bench`: operators are found, and taken out of the model whole."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import FIXTURES

from edgernn.edge_runtime import load
from edgernn.edge_runtime.measure.operators import ALONE, Kinds
from edgernn.edge_runtime.measure.profile import profile

schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
# An LSTM's step: i, f and o are sigmoids; i*g, f*c and o*tanh(c) products; two sums, with the projection's.
STEP = {"LOGISTIC": 3, "TANH": 2, "MUL": 3, "ADD": 2}


def kinds_of(name: str) -> Kinds:
    content = (FIXTURES / name).read_bytes()
    return Kinds(schema, schema.ModelT.InitFromPackedBuf(content, 0))


def run_alone(alone, inputs=None):
    from ai_edge_litert.interpreter import Interpreter

    native = Interpreter(model_content=alone.model)
    return native.get_signature_runner(ALONE)(**(inputs or alone.inputs))


def test_every_operator_is_counted_once():
    model = load(FIXTURES / "tiny.int8.tflite")
    found = profile(model.bundle.content, "chunk_4", model.engine)
    counts: dict[str, int] = {}
    for kind in found:
        counts[kind.name] = counts.get(kind.name, 0) + kind.count
        assert kind.us_each is not None
        assert kind.us == pytest.approx(kind.count * kind.us_each)
    assert {name: counts[name] for name in STEP} == {name: 4 * count for name, count in STEP.items()}
    assert sum(counts.values()) == len(kinds_of("tiny.int8.tflite").operators_of("chunk_4"))
    assert [kind.us for kind in found] == sorted((kind.us for kind in found), reverse=True)


def test_an_operator_alone_computes_what_it_does_in_the_model():
    operators = {operator.name: operator for operator in kinds_of("sensor.tflite").operators_of("chunk_1")}
    generator = np.random.default_rng(4)
    alone = operators["LOGISTIC"].alone(3)
    values = {name: generator.standard_normal(zeros.shape).astype(np.float32) for name, zeros in alone.inputs.items()}
    outputs = run_alone(alone, values)
    assert len(values) == len(outputs) == 3
    expected = [1 / (1 + np.exp(-value)) for value in values.values()]
    found = list(outputs.values())
    assert all(any(np.allclose(e, f, atol=1e-6) for f in found) for e in expected)


def test_weights_come_along():
    kinds = kinds_of("sensor.tflite")
    products = [o for o in kinds.operators_of("chunk_1") if o.name == "FULLY_CONNECTED"]
    dense = next(o for o in products if min(o.native.inputs) >= 0)  # the recurrent one has no bias
    kernel, bias = (constant(kinds, dense, number) for number in (1, 2))
    alone = dense.alone(2)
    ones = {name: np.ones_like(zeros) for name, zeros in alone.inputs.items()}
    for output in run_alone(alone, ones).values():
        np.testing.assert_allclose(output.ravel(), kernel.sum(axis=1) + bias, rtol=1e-5)


def constant(kinds, operator, number):
    tensor = operator.tensors[operator.native.inputs[number]]
    return np.frombuffer(bytes(kinds.root.buffers[tensor.buffer].data), np.float32).reshape(list(tensor.shape))
