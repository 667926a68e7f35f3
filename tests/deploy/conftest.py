"""A device for each test."""

from __future__ import annotations

import pytest
from deploy.device import Device


@pytest.fixture
def device(tmp_path):
    made = Device(tmp_path)
    yield made
    made.close()
