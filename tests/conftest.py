"""What several areas of the tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The machines are shared: a slow second is no defect of the code under test.
settings.register_profile("kit", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("kit")

# Read when TensorFlow is imported, which some test modules do when they are collected.
os.environ.update(
    KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="-1", TF_CPP_MIN_LOG_LEVEL="3", TF_DETERMINISTIC_OPS="1"
)

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def int8_bundle() -> Path:
    return FIXTURES / "tiny.int8.tflite"


@pytest.fixture
def float_bundle() -> Path:
    return FIXTURES / "tiny.float32.tflite"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("EDGERNN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
