"""OpenCV, imported when a picture is first read: a quarter of a second that other tasks do not spend."""

from __future__ import annotations

from typing import Any

from edgernn.edge_runtime.extras import require


def import_cv2() -> Any:
    """The module.

    Raises:
      RuntimeUnavailable: it is not installed; the message names the extra.
    """
    require("vision", "cv2")
    import cv2

    return cv2
