from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.metrics import classification_metrics


def test_by_hand():
    truth = np.array([0, 0, 0, 0, 1, 1, 2])
    found = np.array([0, 0, 0, 1, 1, 0, 0])
    metrics = classification_metrics(["a", "b", "c"], truth, found, "b")
    assert metrics["confusion"] == [[3, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert metrics["accuracy"] == pytest.approx(4 / 7)
    assert metrics["per_class"]["a"] == pytest.approx({"precision": 3 / 5, "recall": 3 / 4, "f1": 2 / 3, "support": 4})
    assert metrics["per_class"]["c"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}
    assert metrics["f1"] == pytest.approx(0.5)
    assert metrics["macro_f1"] == pytest.approx((2 / 3 + 0.5 + 0.0) / 3)
    assert metrics["positive_label"] == "b"


def test_without_a_positive_label():
    metrics = classification_metrics(["a", "b"], np.array([0, 1]), np.array([0, 1]), None)
    assert metrics["f1"] is None
    assert metrics["accuracy"] == metrics["macro_f1"] == 1.0


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_accuracy_is_the_micro_average(pairs):
    truth, found = np.array(pairs).T
    metrics = classification_metrics(["a", "b", "c", "d"], truth, found, "a")
    assert metrics["accuracy"] == pytest.approx(float(np.mean(truth == found)))
    assert sum(m["support"] for m in metrics["per_class"].values()) == len(pairs)
