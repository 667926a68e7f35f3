"""Pictures for models: the same code reads them in training and on the device. OpenCV (`edgernn[vision]`) decodes."""

from __future__ import annotations

from edgernn.edge_runtime.vision.frames import Frame, frames
from edgernn.edge_runtime.vision.picture import load_picture, model_input, read_picture
from edgernn.edge_runtime.vision.resize import Pixels

__all__ = ["Frame", "Pixels", "frames", "load_picture", "model_input", "read_picture"]
