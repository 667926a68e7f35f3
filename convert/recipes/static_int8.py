"""Static int8: activations too, by ranges measured on sample inputs."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples

NO_LOOPS = {
    "while": "the converter cannot quantize the body of a WHILE loop: fix the input's length, so that it unrolls"
}


class StaticInt8(Recipe):
    """Weights and activations as 8-bit integers; states are quantized inside a call and float between calls."""

    name = "static_int8"
    summary = "weights and activations in 8-bit integers by calibrated ranges; states and outputs handed over as float"
    bounds = Bounds(max_error=0.3, mean_error=3e-2, device=5e-2)
    calibrated = True
    refused_lowerings = NO_LOOPS

    def configure(self, converter: Any, samples: Samples) -> None:
        """See base."""
        import tensorflow as tf

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: iter(samples)
        # What has no integer kernel stays float, between two conversions.
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
