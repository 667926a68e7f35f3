"""The scores of captions, against values by hand; and the pictures that a training leaves."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from edgernn.edge_runtime.caption.scoring import scores_of, words_of
from edgernn.edge_runtime.caption.test_pictures import read_test_pictures
from edgernn.edge_runtime.errors import InputError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A red apple.", "a red apple"),
        ('"Well," (he said): go!', "well he said go"),
        ("a man's t-shirt, 3.5 m", "a man's t-shirt 3.5 m"),
        ("keycap: * - #", "keycap * #"),
        ("Caf\u00e9\u2026 \u2019\u00c9t\u00e9\u2019", "caf\u00e9 \u00e9t\u00e9"),
        (" ... ", ""),
    ],
)
def test_the_words_that_count(text, words):
    assert words_of(text) == words


def test_bleu_by_hand():
    found = scores_of(["A big red cat", "the dog ran off"], [["a red cat", "a big cat"], ["the dog ran away"]])
    # Words: a, big, red, cat; the, dog, ran. Pairs: "a big", "red cat"; "the dog", "dog ran".
    assert found.bleu_1 == pytest.approx(7 / 8, rel=1e-6)
    assert found.bleu_2 == pytest.approx(math.sqrt(7 / 8 * 4 / 6), rel=1e-6)
    assert found.bleu_3 == pytest.approx((7 / 8 * 4 / 6 * 1 / 4) ** (1 / 3), rel=1e-6)
    assert found.bleu_4 < 1e-3
    assert found.pictures == 2
    assert found.implementation.startswith("pycocoevalcap 1.")


def test_what_is_shorter_than_every_reference_pays_for_it():
    found = scores_of(["a cat"], [["a cat sits there"]])
    assert found.bleu_1 == pytest.approx(math.exp(1 - 4 / 2), rel=1e-6)


def test_cider_by_hand():
    """Equal captions: ten times the mean of cosines, which are 1 where there are n-grams with a weight at all."""
    found = scores_of(["a red cat", "the dog"], [["A red cat."], ["the dog!"]])
    assert found.cider == pytest.approx(10 * (3 / 4 + 2 / 4) / 2, rel=1e-6)
    assert found.chrf == pytest.approx(1.0)
    # Of two words, one is known; n-grams of one word: cosine 1 / 2; the others share nothing.
    half = scores_of(["red cat", "the dog"], [["red bird"], ["the dog"]])
    assert half.cider == pytest.approx(10 * (1 / 2 / 4 + 2 / 4) / 2, rel=1e-6)


def test_what_all_pictures_share_weighs_nothing():
    assert scores_of(["a", "a"], [["a"], ["a"]]).cider == 0.0
    assert scores_of(["a cat"], [["a cat"]]).cider == 0.0


def test_numbers_of_references_may_differ():
    found = scores_of(["x y z", ""], [["x y z"], ["a b", "c", "d e f"]])
    assert found.bleu_1 == pytest.approx(math.exp(1 - 4 / 3), rel=1e-6)
    assert 0.0 < found.chrf < 1.0


@pytest.mark.parametrize(("said", "references"), [([], []), (["a"], [[]]), (["a"], [["..."]]), (["a"], [["a"], ["b"]])])
def test_nothing_to_compare_with(said, references):
    with pytest.raises(InputError, match="expected"):
        scores_of(said, references)


def test_a_scorer_that_is_missing(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pycocoevalcap" else object())
    with pytest.raises(InputError, match=r'by pycocoevalcap, which is not installed: pip install "edgernn\[eval\]"'):
        scores_of(["a"], [["a"]])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "data").mkdir()
    np.savez_compressed(tmp_path / "data" / "test.npz", pictures=np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3))
    lines = [{"references": ["a", "b"], "name": "1.jpg"}, {"references": ["c"]}]
    (tmp_path / "data" / "test.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return tmp_path


def test_the_pictures_that_a_training_leaves(folder):
    for place in (folder, folder / "data"):
        found = read_test_pictures(place, "test")
        assert found.references == [["a", "b"], ["c"]]
        assert found.names == ["1.jpg", ""]
        np.testing.assert_array_equal(found.pictures.ravel(), np.arange(24))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "1 lines for 2 pictures"),
        ("{}", 'line 2: expected {"references"'),
        ('{"references": []}', "line 2: references must be texts"),
        ('{"references": "ab"}', "line 2: references must be texts"),
        ("[" * 100_000, "line 2: expected"),
    ],
)
def test_bad_lines(folder, line, says):
    path = folder / "data" / "test.jsonl"
    path.write_text(path.read_text("utf-8").split("\n")[0] + "\n" + line, "utf-8")
    with pytest.raises(InputError, match=says):
        read_test_pictures(folder, "test")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text"])
def test_bad_pictures(folder, content):
    (folder / "data" / "test.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"test\.npz: .*train again"):
        read_test_pictures(folder, "test")


@pytest.mark.parametrize(
    "pictures", [np.zeros((2, 2, 3, 3), np.uint8), np.zeros((2, 2, 2, 3)), np.zeros((0, 2, 2, 3), np.uint8)]
)
def test_pictures_of_another_form(folder, pictures):
    np.savez_compressed(folder / "data" / "test.npz", pictures=pictures)
    with pytest.raises(InputError, match=r"expected uint8 \[n, size, size, 3\]"):
        read_test_pictures(folder, "test")


def test_a_file_that_is_missing(folder):
    with pytest.raises(InputError, match=r"calibration\.npz"):
        read_test_pictures(folder, "calibration")
