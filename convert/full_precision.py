"""Models that were trained in half precision, in float32: on processors TFLite's operators compute in that."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

_HALF = ("float16", "bfloat16")
_POLICIES = (*_HALF, *(f"mixed_{name}" for name in _HALF))


def in_float32(model: Any) -> Any:
    """The same model with the same weights, computing in float32; the model itself where it does so already.

    Args:
      model: of Keras, built. Mixed precision keeps its weights in float32; those in half precision are widened.
    """
    if not any(layer.compute_dtype in _HALF for layer in model._flatten_layers()):
        return model
    config = _widened(keras.saving.serialize_keras_object(model))
    wide = keras.saving.deserialize_keras_object(config, safe_mode=True)
    wide.set_weights([_wide(weight) for weight in model.get_weights()])
    return wide


def _widened(config: Any) -> Any:
    """A model's configuration with float32 in the place of half precision, as a policy or as its name."""
    if isinstance(config, dict):
        return {
            key: "float32" if key in ("dtype", "name") and value in _POLICIES else _widened(value)
            for key, value in config.items()
        }
    if isinstance(config, (list, tuple)):
        return type(config)(_widened(value) for value in config)
    return config


def _wide(weight: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return weight.astype(np.float32) if weight.dtype.name in _HALF else weight
