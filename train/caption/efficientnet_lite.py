"""EfficientNet-Lite0: the variant of EfficientNet for small devices.

Source: M. Tan, Q. V. Le: EfficientNet (ICML 2019), and Google's `tpu/models/official/efficientnet/lite`: no
squeeze-and-excitation, ReLU6 instead of swish, so that int8 holds; stem and head are not scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.train.backend import import_keras

SIZE = 224
CLASSES = 1000
_STEM, _HEAD = 32, 1280
_EPSILON = 1e-3
Part = Literal["blocks", "levels", "head", "logits"]
Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Stage:
    """Blocks of one shape.

    Attributes:
      blocks: how many; the first alone has the stride.
      kernel: side of the depthwise convolution.
      stride: of the first block.
      expand: by which a block multiplies its channels inside.
      channels: that it gives.
    """

    blocks: int
    kernel: int
    stride: int
    expand: int
    channels: int


STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
# Stages at whose ends features of "levels" are taken: the last of each size of the maps before the smallest.
_LEVELS = (0, 1, 2, 4)


def efficientnet_lite0(size: int = SIZE, part: Part = "blocks") -> Any:
    """The network with random weights.

    Args:
      size: height and width of the pictures, pixels; a multiple of 32 gives size / 32 places a side.
      part: "blocks": local features of 320 channels; "levels": of 512, which are these behind those of earlier stages,
        averaged over each place (hypercolumns, Hariharan et al. 2015): colours and shapes, which the last stage has
        learnt to overlook; "head": of 1280, after the last convolution; "logits": of the 1000 classes of ImageNet.

    Returns:
      A Keras model: float32 [batch, size, size, 3], RGB as (value - 127) / 128, to [batch, size / 32, size / 32,
      channels], or [batch, 1000].
    """
    keras = import_keras()
    inputs = keras.Input((size, size, 3), name="picture")
    x = _convolved(keras, inputs, "stem", _STEM, 3, 2)
    number, channels = 0, _STEM
    ends = []
    for stage in STAGES:
        for turn in range(stage.blocks):
            x = _block(keras, x, f"block{number}", stage, stage.stride if turn == 0 else 1, channels)
            number, channels = number + 1, stage.channels
        ends.append(x)
    if part == "levels":
        x = keras.layers.Concatenate(name="levels")([*(_averaged(keras, ends[n], size // 32) for n in _LEVELS), x])
    if part in ("head", "logits"):
        x = _convolved(keras, x, "head", _HEAD, 1, 1)
    if part == "logits":
        x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
        x = keras.layers.Dense(CLASSES, name="logits")(x)
    return keras.Model(inputs, x, name="efficientnet_lite0")


def set_weights(model: Any, arrays: Arrays) -> None:
    """Gives a network of `efficientnet_lite0` the weights of the original.

    Args:
      model: whose layers' weights are replaced.
      arrays: by PyTorch's names, as `efficientnet_lite_pytorch` has them; those of parts that the model lacks are not
        looked at.

    Raises:
      InputError: one is missing or of another shape; nothing has been replaced then.
    """
    found = [(layer, _weights_of(layer, arrays)) for layer in model.layers if layer.weights]
    for layer, weights in found:
        layer.set_weights(weights)


def _averaged(keras: Any, x: Any, places: int) -> Any:
    """Over the parts of a map that become its places."""
    return keras.layers.AveragePooling2D(x.shape[1] // places, name=f"places_of_{x.shape[1]}")(x)


def _block(keras: Any, x: Any, name: str, stage: Stage, stride: int, channels: int) -> Any:
    """An inverted residual block (Sandler et al. 2018, MobileNetV2)."""
    start = x
    if stage.expand > 1:
        x = _convolved(keras, x, f"{name}_expand", channels * stage.expand, 1, 1)
    x = keras.layers.DepthwiseConv2D(stage.kernel, stride, "same", use_bias=False, name=f"{name}_depthwise_conv")(x)
    x = _normalized(keras, x, f"{name}_depthwise")
    x = keras.layers.ReLU(6.0, name=f"{name}_depthwise_relu6")(x)
    x = keras.layers.Conv2D(stage.channels, 1, padding="same", use_bias=False, name=f"{name}_project_conv")(x)
    x = _normalized(keras, x, f"{name}_project")
    if stride == 1 and channels == stage.channels:
        x = keras.layers.Add(name=f"{name}_add")([x, start])
    return x


def _convolved(keras: Any, x: Any, name: str, channels: int, kernel: int, stride: int) -> Any:
    x = keras.layers.Conv2D(channels, kernel, stride, "same", use_bias=False, name=f"{name}_conv")(x)
    return keras.layers.ReLU(6.0, name=f"{name}_relu6")(_normalized(keras, x, name))


def _normalized(keras: Any, x: Any, name: str) -> Any:
    return keras.layers.BatchNormalization(epsilon=_EPSILON, name=f"{name}_norm")(x)


def _weights_of(layer: Any, arrays: Arrays) -> list[npt.NDArray[Any]]:
    """In Keras's order and layout."""
    place, _, kind = layer.name.rpartition("_")
    if layer.name == "logits":
        found = [_named(arrays, "_fc.weight").T, _named(arrays, "_fc.bias")]
    elif kind == "norm":
        original = _original(place, convolution=False)
        found = [_named(arrays, f"{original}.{one}") for one in ("weight", "bias", "running_mean", "running_var")]
    else:  # [out, in, height, width]; depthwise [channels, 1, height, width]
        axes = (2, 3, 0, 1) if place.endswith("depthwise") else (2, 3, 1, 0)
        found = [np.transpose(_named(arrays, f"{_original(place, convolution=True)}.weight"), axes)]
    for variable, array in zip(layer.weights, found, strict=True):
        if tuple(variable.shape) != array.shape:
            raise InputError(f"{layer.name}: weights of shape {list(array.shape)}, expected {list(variable.shape)}")
    return found


def _original(place: str, convolution: bool) -> str:
    """PyTorch's name of a convolution, or of what normalizes it."""
    if not place.startswith("block"):
        outer = {"stem": "_bn0", "head": "_bn1"}
        return f"_conv_{place}" if convolution else outer[place]
    block, _, role = place.partition("_")
    norms = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
    return f"_blocks.{block.removeprefix('block')}.{f'_{role}_conv' if convolution else norms[role]}"


def _named(arrays: Arrays, name: str) -> npt.NDArray[Any]:
    if name not in arrays or arrays[name].ndim == 0:
        raise InputError(f"the weights hold no {name}: they are not EfficientNet-Lite0's")
    return arrays[name]
