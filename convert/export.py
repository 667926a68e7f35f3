"""Traced signatures to a TFLite FlatBuffer, through a SavedModel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from edgernn.convert.compact import compact
from edgernn.convert.lowerings.base import TracedSignature
from edgernn.convert.recipes.base import Recipe, Samples
from edgernn.convert.targets import Target


def export_tflite(
    model: Any,
    signatures: Sequence[TracedSignature],
    samples: Samples,
    recipe: Recipe,
    target: Target,
    stage: Callable[[str], None],
) -> bytes:
    """Converts all signatures into one file that holds one copy of the weights.

    Args:
      model: the Keras model whose variables the signatures read.
      signatures: what to convert.
      samples: for recipes that are calibrated, empty for others.
      recipe: how to store the weights.
      target: the runtime that must load the file.
      stage: told the name of each step before it begins.
    """
    with tempfile.TemporaryDirectory(prefix="edgernn-") as folder:
        stage("writing the SavedModel")
        # The variables must hang on the saved module: untracked ones convert to garbage without an error.
        module = tf.Module()
        module.variables_ = [variable.value for variable in model.variables]
        tf.saved_model.save(module, folder, signatures={s.spec.name: s.function for s in signatures})
        stage(f"converting to TFLite ({recipe.name})")
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[s.spec.name for s in signatures])
        # Native operators only: a Flex operator would need all of TensorFlow on the device.
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        recipe.configure(converter, samples)
        target.configure(converter)
        data: bytes = converter.convert()
        stage(f"quantizing ({recipe.name})")
        return compact(recipe.finish(data))
