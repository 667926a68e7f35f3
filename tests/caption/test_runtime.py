"""`model.caption`: its words against a plain loop with Keras, its search, where it looks, what it refuses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from captioner import MOST, TASK, WORDS, bundle, keras_pair, picture, write_captioner
from pairs import BEGIN, END, PAD, UNKNOWN, VOCABULARY

from edgernn.edge_runtime import BundleError, InputError, load
from edgernn.edge_runtime.caption.outcome import Caption
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.tasks.caption import ImageCaptioner
from edgernn.edge_runtime.vision import load_picture, model_input

PICTURES = [picture(seed) for seed in range(12)]
NEVER = [PAD, UNKNOWN, BEGIN]


@pytest.fixture(scope="module")
def model() -> ImageCaptioner:
    found = load(bundle())
    assert isinstance(found, ImageCaptioner)
    return found


def log_probabilities(logits: np.ndarray, first: bool) -> np.ndarray:
    """What may be said, natural logarithms, [vocabulary]."""
    logits = logits.astype(np.float64)
    logits[NEVER + [END] * first] = -np.inf
    return logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()


def by_keras(pixels: np.ndarray, most: int = MOST) -> tuple[str, float, list[np.ndarray]]:
    """Text, log-probability, and the attention of each token, its end's too, always by the likeliest."""
    pair = keras_pair()
    encoded = pair.encode(model_input(load_picture(pixels, TASK.image)[None], TASK.image))
    states, token, said, total, rows = pair.begin(encoded), BEGIN, [], 0.0, []
    while token != END and len(said) < most:
        found, states = pair.advance(encoded, states, token)
        scores = log_probabilities(found["logits"][0], not said)
        token = int(scores.argmax())
        total += scores[token]
        said.append(token)
        rows.append(found["attention"][0])
    return "".join(WORDS[one] for one in said if one != END).strip(), total, rows


def test_the_likeliest_tokens_are_those_of_keras(model):
    said = set()
    for pixels in PICTURES:
        text, total, rows = by_keras(pixels)
        (found,) = model.caption(pixels, beams=1, length_penalty=1.0)
        assert found.text == text
        assert found.score == pytest.approx(total / ((5 + len(rows)) / 6), rel=1e-4)
        assert model.said(load_picture(pixels, TASK.image)) == text
        assert "".join(model.caption(pixels, stream=True)) == text
        said.add(text)
    assert len(said) > 3, "pictures must matter"


def test_the_first_token_is_never_the_end():
    """Where the model would rather say nothing, it says what is likeliest otherwise."""
    pixels, pair = PICTURES[0], keras_pair()
    encoded = pair.encode(model_input(load_picture(pixels, TASK.image)[None], TASK.image))
    found, _ = pair.advance(encoded, pair.begin(encoded), BEGIN)
    logits = found["logits"][0]
    logits[NEVER] = -np.inf
    likeliest, second = np.argsort(-logits)[:2]
    shy = load(write_captioner(bundle().parent / "shy.tflite", end=int(likeliest)))
    assert shy.caption(pixels, beams=1, max_tokens=1)[0].text == WORDS[second].strip()
    assert all(one.text for one in shy.caption(pixels, beams=5, n_best=5))


def test_the_best_of_all_captions_of_two_tokens(model):
    pixels, pair = PICTURES[1], keras_pair()
    encoded = pair.encode(model_input(load_picture(pixels, TASK.image)[None], TASK.image))
    found, after = pair.advance(encoded, pair.begin(encoded), BEGIN)
    first = log_probabilities(found["logits"][0], True)
    every = {}
    for one in range(VOCABULARY):
        if first[one] > -np.inf:
            found, _ = pair.advance(encoded, after, one)
            second = log_probabilities(found["logits"][0], False)
            for two in np.flatnonzero(second > -np.inf):
                words = [WORDS[n] for n in (one, two) if n != END]
                every["".join(words).strip()] = (first[one] + second[two]) / (7 / 6) ** 0.5
    best = sorted(every.items(), key=lambda item: -item[1])[:5]
    # With a beam for each first token nothing is lost.
    captions = model.caption(pixels, beams=30, n_best=5, max_tokens=2, length_penalty=0.5)
    assert [one.text for one in captions] == [text for text, _ in best]
    assert [one.score for one in captions] == pytest.approx([score for _, score in best], rel=1e-4)


def test_beams_find_what_is_at_least_as_likely(model):
    better = 0
    for pixels in PICTURES:
        likeliest = model.caption(pixels, beams=1, length_penalty=0.0)[0]
        captions = model.caption(pixels, beams=8, n_best=8, length_penalty=0.0)
        assert [one.score for one in captions] == sorted((one.score for one in captions), reverse=True)
        assert len({one.text for one in captions}) == len(captions) > 1
        better += captions[0].score > likeliest.score + 1e-4
    assert better, "a beam must matter"


def test_the_second_is_no_part_of_the_usual_answer(model):
    captions = model.caption(PICTURES[0], n_best=3)
    assert len(captions) == 3
    assert model.caption(PICTURES[0]) == captions[:1]


def test_attention_is_of_each_word(model):
    text, _, rows = by_keras(PICTURES[0])
    (caption,) = model.caption(PICTURES[0], beams=1, attention=True)
    assert caption.text == text
    assert [one.word for one in caption.attention] == text.split()
    assert all(caption.text[slice(*one.span)] == one.word for one in caption.attention)
    # A full stop is a token of its own, and belongs to the word before it.
    place = 0
    for one in caption.attention:
        count = 1 + one.word.count(".")
        expected = np.mean(rows[place : place + count], axis=0).reshape(TASK.grid)
        np.testing.assert_allclose(one.weights, expected, atol=1e-5)
        assert one.weights.sum() == pytest.approx(1.0, abs=1e-5)
        place += count
    assert np.ptp(caption.attention[0].weights) > 0.01
    assert model.caption(PICTURES[0], beams=1)[0].attention == ()
    plain = caption.to_dict()
    assert np.shape(plain["attention"][0]["weights"]) == TASK.grid
    assert set(Caption("a", 0.0).to_dict()) == {"text", "score"}


def test_lists_paths_bytes_and_arrays_are_alike(model, tmp_path):
    import cv2

    data = cv2.imencode(".png", PICTURES[2][..., ::-1])[1].tobytes()
    path = tmp_path / "one.png"
    path.write_bytes(data)
    one = model.caption(PICTURES[2])
    assert model.caption([path, str(path), data, PICTURES[2]]) == [one] * 4
    assert model.caption([]) == []


def test_many_pictures_from_many_threads(model):
    from concurrent.futures import ThreadPoolExecutor

    expected = model.caption(PICTURES)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(model.caption, PICTURES)) == expected


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"beams": 0}, "beams must be a whole number between 1"),
        ({"beams": 2, "n_best": 3}, r"n_best \(3\) must not exceed beams \(2\)"),
        ({"max_tokens": 0}, "max_tokens must be a whole number between 1"),
        ({"max_tokens": 2.5}, "max_tokens must be a whole number"),
        ({"max_seconds": -1}, "max_seconds must be 0 or more"),
        ({"length_penalty": math.nan}, "length_penalty must lie between"),
        ({"colour": 1}, "unknown setting colour: there are beams"),
        ({"stream": True, "beams": 2}, "one picture and one hypothesis"),
    ],
)
def test_bad_settings(model, settings, says):
    with pytest.raises(InputError, match=says):
        model.caption(PICTURES[0], **settings)


def test_limits_of_tokens_and_time(model):
    longest = max(model.caption(PICTURES, beams=1, max_tokens=40), key=lambda found: len(found[0].text))[0].text
    assert len(longest.replace(".", " .").split()) > 3
    for pixels in PICTURES:
        for beams, most in itertools.product((1, 3), (1, 2)):
            assert (
                1 <= len(model.caption(pixels, beams=beams, max_tokens=most)[0].text.replace(".", " .").split()) <= most
            )
    assert model.caption(PICTURES[0], max_seconds=0.0)[0].text == ""


@pytest.mark.parametrize(
    "pixels", [np.zeros((32, 32), np.uint8), np.zeros((31, 32, 3), np.uint8), np.zeros((32, 32, 3), np.float32)]
)
def test_what_is_not_made_ready(model, pixels):
    with pytest.raises(InputError, match=r"expected uint8 \[32, 32, 3\], found"):
        model.said(pixels)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"grid": (4, 5)}, r"no output 'attention' of shape \[1, time, 20\]"),
        ({"logits": "scores"}, r"no output 'scores' of shape \[1, time, 30\]"),
        ({"image": PictureSpec(33)}, r"inputs are not 'picture' \[1, 33, 33, 3\] and 'token'"),
        ({"picture": "photo"}, "inputs are not 'photo'"),
        ({"begin": 30}, "beyond the vocabulary of 30 tokens"),
    ],
)
def test_bundles_that_contradict_themselves(tmp_path, changes, says):
    with pytest.raises(BundleError, match=says):
        load(write_captioner(tmp_path / "bad.tflite", **changes))
