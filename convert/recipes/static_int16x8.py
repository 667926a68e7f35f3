"""Static int16 activations with int8 weights: near float accuracy in integer arithmetic."""

from __future__ import annotations

from typing import Any

from edgernn.convert.recipes.base import Bounds, Recipe, Samples
from edgernn.convert.recipes.static_int8 import NO_LOOPS


class StaticInt16x8(Recipe):
    """Slow on processors without kernels for it; made for accelerators."""

    name = "static_int16x8"
    summary = "weights in 8-bit, activations in 16-bit integers by calibrated ranges; states and outputs as float"
    bounds = Bounds(max_error=0.1, mean_error=1e-2, device=2e-2)
    calibrated = True
    # The converter's 16x8 quantizer corrupts weights that more than one operator uses, without an error.
    single_steps = True
    refused_lowerings = NO_LOOPS

    def configure(self, converter: Any, samples: Samples) -> None:
        """See base."""
        import tensorflow as tf

        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        # The runtimes' 16x8 FULLY_CONNECTED reads one scale a tensor, whatever the file says: with a scale a channel
        # the outputs are wrong without an error.
        converter._experimental_disable_per_channel_quantization_for_dense_layers = True
        converter.representative_dataset = lambda: iter(samples)
        integers = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
        converter.target_spec.supported_ops = [integers, tf.lite.OpsSet.TFLITE_BUILTINS]

    def finish(self, model: bytes) -> bytes:
        """See base."""
        from edgernn.convert.zero_scales import mend_zero_scales

        return mend_zero_scales(model)
