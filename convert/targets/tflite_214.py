"""tflite-runtime 2.14: the last one, and the only one for 32-bit Arm."""

from __future__ import annotations

from typing import Any

from edgernn.convert.targets.base import Target


class TfliteRuntime(Target):
    """Older operator versions."""

    name = "tflite-runtime"
    # NumPy 2, which TensorFlow needs, rules the old runtime out on most workstations.
    engines = ("tflite-runtime", "litert-interpreter")
    table = "tflite_runtime.json"

    def configure(self, converter: Any) -> None:
        """One scale a weight tensor: a scale a channel would need FULLY_CONNECTED 12, which came with 2.17."""
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
