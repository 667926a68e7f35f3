"""The captioner of the fixtures, which has learned to say what is drawn; neither Keras nor TensorFlow is needed."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest
from command import edgernn
from conftest import FIXTURES
from fixtures.drawings import Drawing, draw, drawings

from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.selftest import selftest
from edgernn.edge_runtime.tasks.caption import ImageCaptioner

BUNDLE, PICTURE = FIXTURES / "drawings.tflite", FIXTURES / "drawing.png"
SAID = "A yellow triangle on a dark ground."
# None of them was trained on: those have another seed.
UNSEEN = drawings(48, seed=77)


@pytest.fixture(scope="module")
def model() -> ImageCaptioner:
    found = load(BUNDLE)
    assert isinstance(found, ImageCaptioner)
    return found


def colour_and_ground(caption: str) -> tuple[str, str]:
    words = caption.split()
    return words[1], words[-2]


def test_it_says_what_is_drawn(model):
    said = [found[0].text for found in model.caption([drawing.pixels for drawing in UNSEEN])]
    wanted = [drawing.caption for drawing in UNSEEN]
    assert [colour_and_ground(one) for one in said] == [colour_and_ground(one) for one in wanted]
    # Shapes are harder for so small a network; by lot it would be a third.
    assert sum(one == two for one, two in zip(said, wanted, strict=True)) > 30


def test_colours_are_red_green_and_blue_in_this_order(model):
    """OpenCV's own order would make red of blue."""
    red, blue = (draw("square", colour, "light", random.Random(4)) for colour in ("red", "blue"))
    assert model.caption(red.pixels)[0].text.startswith("A red ")
    swapped = Drawing(blue.caption, red.pixels[..., ::-1])
    assert model.caption(swapped.png())[0].text.startswith("A blue ")


def test_file_bytes_and_pixels_say_the_same(model):
    pixels = draw("triangle", "yellow", "dark", random.Random(2)).pixels
    for source in (PICTURE, str(PICTURE), PICTURE.read_bytes(), pixels):
        assert model.caption(source)[0].text == SAID
    assert "".join(model.caption(PICTURE, stream=True)) == SAID


def test_hypotheses_are_different_and_the_best_is_first(model):
    captions = model.caption(PICTURE, beams=5, n_best=5)
    assert captions[0].text == SAID
    assert len({one.text for one in captions}) == 5
    assert [one.score for one in captions] == sorted((one.score for one in captions), reverse=True)


def test_attention_is_of_each_word(model):
    (caption,) = model.caption(PICTURE, attention=True)
    assert [one.word for one in caption.attention] == SAID.split()
    for one in caption.attention:
        assert one.weights.shape == (4, 4)
        assert one.weights.sum() == pytest.approx(1, abs=1e-5)


def test_golden_vectors_pass(model):
    result = selftest(model).to_dict()
    assert result["passed"] is True
    assert result["vectors"] > 0


@pytest.mark.parametrize("source", [b"", b"text", PICTURE.read_bytes()[:60], np.zeros((4, 4), np.float32)])
def test_what_is_no_picture_is_refused(model, source):
    with pytest.raises(InputError):
        model.caption(source)


def test_the_command(tmp_path):
    assert edgernn("run", str(BUNDLE), str(PICTURE)) == (0, f"{PICTURE}: {SAID}\n", "")
    status, out, _ = edgernn("run", str(BUNDLE), str(PICTURE), "--json", "--n-best", "2")
    assert status == 0
    assert json.loads(out)["captions"][0]["text"] == SAID
    (tmp_path / "cut.png").write_bytes(PICTURE.read_bytes()[:60])
    status, out, err = edgernn("run", str(BUNDLE), str(tmp_path / "cut.png"))
    assert (status, out) == (2, "")
    assert "cut.png" in err
    assert len(err.splitlines()) == 1
