"""A video file stands in for the camera."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.vision import frames

FPS = 10.0


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Forty frames, four seconds; the whole picture grows lighter, and its left half is red."""
    path = tmp_path_factory.mktemp("film") / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FPS, (64, 48))
    for number in range(40):
        picture = np.full((48, 64, 3), 5 * number, np.uint8)
        picture[:, :32] = (0, 0, 200)  # blue first
        writer.write(picture)
    writer.release()
    return path


def test_every_frame(film):
    found = list(frames(film))
    assert [frame.number for frame in found] == list(range(40))
    assert [frame.seconds for frame in found] == pytest.approx([number / FPS for number in range(40)])
    for frame in found:
        assert frame.picture.shape == (48, 64, 3)
        assert frame.picture[:, 48:].mean() == pytest.approx(5 * frame.number, abs=3)
        assert frame.picture[24, 10].tolist() == pytest.approx([200, 0, 0], abs=12)
    assert all(one.picture is not two.picture for one, two in pairwise(found))


@pytest.mark.parametrize(
    ("every", "numbers"), [(1.0, [0, 10, 20, 30]), (0.25, [0, 3, 5, 8, 10, 13, 15, 18, 20, 23]), (9.0, [0])]
)
def test_frames_as_they_are_due(film, every, numbers):
    assert [frame.number for frame in frames(str(film), every)][: len(numbers)] == numbers


def test_what_gives_no_frames(tmp_path):
    for source, says in (
        (tmp_path / "none.avi", "no such file"),
        ("rtsp://192.0.2.1/film", "no such file"),
        (4711, "camera 4711 cannot be opened"),
    ):
        with pytest.raises(InputError, match=says):
            next(frames(source))
    (tmp_path / "text.avi").write_text("no film")
    with pytest.raises(InputError, match="holds no video"):
        next(frames(tmp_path / "text.avi"))


@pytest.mark.parametrize("every", [-1.0, float("nan"), float("inf")])
def test_a_time_that_is_none(film, every):
    with pytest.raises(InputError, match="expected 0 or more"):
        next(frames(film, every))
