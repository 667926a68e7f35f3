"""Pictures out of a camera, or out of a video file that stands in for one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.engines.quiet import quiet_native_logs
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.vision.colour import to_rgb8
from edgernn.edge_runtime.vision.opencv import import_cv2
from edgernn.edge_runtime.vision.resize import Pixels

_USUAL_FPS = 25.0


@dataclass(frozen=True)
class Frame:
    """One picture of a film.

    Attributes:
      number: of the frame, from 0; frames that were passed by count.
      seconds: since the first frame; by the clock for cameras, by the frames' rate for files.
      picture: uint8 [height, width, 3], RGB.
    """

    number: int
    seconds: float
    picture: Pixels


def frames(source: int | str | Path, every_seconds: float = 0.0) -> Iterator[Frame]:
    """Frames as they are due.

    Those between are taken from the camera and thrown away: a camera's driver keeps a few frames, and the next one
    would otherwise be an old one.

    Args:
      source: number of the camera, or a video file.
      every_seconds: the least time between two frames; 0 for every frame.

    Raises:
      InputError: there is no such camera or file, it holds no video, or the time is negative.
    """
    if not 0.0 <= every_seconds < float("inf"):
        raise InputError(f"every {every_seconds} seconds: expected 0 or more")
    capture = _open(source)
    try:
        yield from _due(capture, source, every_seconds)
    finally:
        capture.release()


def _open(source: int | str | Path) -> Any:
    cv2 = import_cv2()
    if isinstance(source, int):
        with quiet_native_logs():
            capture = cv2.VideoCapture(source)
        fault = f"camera {source} cannot be opened: is it connected, and may this user read it (group video)?"
    else:
        # Only files: a text such as "rtsp://..." would have FFmpeg reach out to the network.
        if not Path(source).exists():
            raise InputError(f"{source}: no such file: name a video file or a camera's number")
        with quiet_native_logs():
            capture = cv2.VideoCapture(str(Path(source).resolve()))
        fault = f"{source}: holds no video that this OpenCV reads"
    if not capture.isOpened():
        raise InputError(fault)
    return capture


def _due(capture: Any, source: int | str | Path, every_seconds: float) -> Iterator[Frame]:
    clock: _Clock | _Rate = _Clock() if isinstance(source, int) else _Rate(capture)
    due, number = 0.0, 0
    while _grab(capture):
        seconds = clock.at(number)
        if seconds >= due:
            with quiet_native_logs():
                found, pixels = capture.retrieve()
            if found:
                yield Frame(number, seconds, to_rgb8(pixels, "bgr").copy())
                # From when it was due, not from when it came: otherwise the delays add up.
                due = max(due + every_seconds, seconds)
        number += 1
    if number == 0:
        raise InputError(f"{'camera ' if isinstance(source, int) else ''}{source}: gives no picture")


def _grab(capture: Any) -> bool:
    with quiet_native_logs():
        return bool(capture.grab())


class _Clock:
    """Seconds since the first frame, as a camera's user feels them."""

    def __init__(self) -> None:
        self._start: float | None = None

    def at(self, number: int) -> float:
        now = time.monotonic()
        self._start = now if self._start is None else self._start
        return now - self._start


class _Rate:
    """Seconds by the file's frames a second; some files say none, or nonsense."""

    def __init__(self, capture: Any) -> None:
        rate = float(capture.get(import_cv2().CAP_PROP_FPS))
        self._rate = rate if 0.1 <= rate <= 1000.0 else _USUAL_FPS

    def at(self, number: int) -> float:
        return number / self._rate
