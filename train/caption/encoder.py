"""The convolutional network that turns a picture into local features."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.source import locate
from edgernn.edge_runtime.spec.decode import encode
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import Pixels, model_input
from edgernn.train.backend import import_keras
from edgernn.train.caption.efficientnet_lite import STAGES, Arrays, Part, efficientnet_lite0, set_weights

EFFICIENTNET_LITE0 = "efficientnet-lite0"
# The same network, but features of all its levels.
LEVELS = f"{EFFICIENTNET_LITE0}-levels"
_LITE_PARTS: dict[str, Part] = {EFFICIENTNET_LITE0: "blocks", LEVELS: "levels"}
_LITE_MEAN, _LITE_SCALE = 127.0, 128.0
# Models of keras.applications by how they expect values of 0 to 255: as (value - mean) / scale. Those that expect a
# mean for each channel (VGG, ResNet, DenseNet) are not among them: a PictureSpec has one for all.
_IN_THE_MODEL, _TO_ONE = (0.0, 1.0), (127.5, 127.5)
APPLICATIONS = {
    **dict.fromkeys(("MobileNet", "MobileNetV2", "NASNetMobile", "Xception", "InceptionV3"), _TO_ONE),
    **dict.fromkeys(("MobileNetV3Small", "MobileNetV3Large"), _IN_THE_MODEL),
    **{f"EfficientNetB{number}": _IN_THE_MODEL for number in range(8)},
    **{f"EfficientNetV2B{number}": _IN_THE_MODEL for number in range(4)},
}


@dataclass(frozen=True)
class Encoder:
    """A network, and how pictures are made ready for it.

    Attributes:
      name: "efficientnet-lite0", "efficientnet-lite0-levels", or that of a model of keras.applications.
      model: Keras; float32 [batch, size, size, 3] to [batch, rows, columns, channels].
      picture: the rule for its input.
    """

    name: str
    model: Any
    picture: PictureSpec

    @property
    def shape(self) -> tuple[int, int]:
        """Places and channels of its features."""
        _, rows, columns, channels = self.model.output_shape
        return rows * columns, channels

    @property
    def deepest(self) -> int:
        """How many of the channels, the last ones, are of its last layer: what pictures are compared by."""
        return STAGES[-1].channels if self.name == LEVELS else self.shape[1]

    def features(self, pictures: Pixels) -> npt.NDArray[np.float32]:
        """Local features, row by row of the picture.

        Args:
          pictures: uint8 [batch, size, size, 3], RGB, as `load_picture` gives them.

        Returns:
          float32 [batch, places, channels].
        """
        found = np.asarray(self.model(model_input(pictures, self.picture), training=False), np.float32)
        return found.reshape(len(pictures), *self.shape)

    def identity(self) -> str:
        """SHA-256 of all that its features depend on: the network, its weights and the rule for pictures."""
        digest = hashlib.sha256(json.dumps([self.name, self.shape, encode(self.picture)]).encode())
        for array in self.model.get_weights():
            digest.update(str(array.shape).encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def open_encoder(name: str = EFFICIENTNET_LITE0, picture: PictureSpec | None = None, weights: str = "") -> Encoder:
    """A network with its weights.

    Args:
      name: "efficientnet-lite0", whose weights `edgernn data fetch efficientnet-lite0` brings; the same with "-levels"
        (see `efficientnet_lite0`); or a model of keras.applications.
      picture: size, and how pictures are fitted; its mean, scale and order are replaced by the network's own.
      weights: of a model of keras.applications: a `.weights.h5` file of its layers without the top; "" to begin at
        random.

    Raises:
      InputError: there is no such network, or its weights are missing or of another one.
    """
    asked = picture or PictureSpec(224)
    if name in _LITE_PARTS:
        if weights:
            raise InputError(f"{name} takes its weights from the data set {EFFICIENTNET_LITE0}, not from {weights}")
        model = efficientnet_lite0(_multiple_of_32(asked.size), _LITE_PARTS[name])
        set_weights(model, read_arrays(locate(EFFICIENTNET_LITE0).path))
        return Encoder(name, model, _ready(asked, _LITE_MEAN, _LITE_SCALE))
    if name not in APPLICATIONS:
        raise InputError(f"no encoder {name!r}: there are {', '.join((*_LITE_PARTS, *APPLICATIONS))}")
    return Encoder(name, _application(name, asked.size, weights), _ready(asked, *APPLICATIONS[name]))


def read_arrays(path: Path) -> Arrays:
    """The arrays of an .npz file, read without any pickle.

    Raises:
      InputError: no such file, or it is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: cannot be read ({error}): fetch it again") from error


def _ready(asked: PictureSpec, mean: float, scale: float) -> PictureSpec:
    return PictureSpec(asked.size, asked.fit, asked.keep, "rgb", mean, scale)


def _multiple_of_32(size: int) -> int:
    if size < 32 or size % 32:
        raise InputError(f"pictures of {size} pixels: {EFFICIENTNET_LITE0} takes multiples of 32, such as 96 or 224")
    return size


def _application(name: str, size: int, weights: str) -> Any:
    keras = import_keras()
    if weights in ("imagenet", "noisy-student"):
        raise InputError(
            f"Keras would download {weights}'s weights from a URL, which this kit does not: name a .weights.h5 file"
        )
    try:
        model = getattr(keras.applications, name)(include_top=False, weights=None, input_shape=(size, size, 3))
        if weights:
            model.load_weights(weights)
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"{name} with pictures of {size} pixels{f' and {weights}' if weights else ''}: {reason}"
        ) from error
    return model
