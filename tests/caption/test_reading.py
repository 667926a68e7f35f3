"""COCO, Flickr and Karpathy files, as people hold them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.caption.reading import open_captions
from edgernn.edge_runtime.errors import InputError

COCO: dict[str, Any] = {
    "info": {"year": 2017},
    "licenses": [],
    "images": [
        {"id": 391895, "file_name": "000000391895.jpg", "height": 360, "width": 640},
        {"id": 7, "file_name": "000000000007.jpg"},
        {"id": 8, "file_name": "gone.jpg"},
        {"id": 9, "file_name": "without a caption.jpg"},
    ],
    "annotations": [
        {"image_id": 391895, "id": 770337, "caption": "A man with a red helmet \n on a small moped. "},
        {"image_id": 7, "id": 1, "caption": "A cat."},
        {"image_id": 391895, "id": 771687, "caption": "Man riding a motor bike."},
        {"image_id": 8, "id": 2, "caption": "A thing."},
        {"image_id": 7, "id": 3, "caption": "   "},
    ],
}


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def facts(corpus: Any) -> list[tuple[str, tuple[str, ...], str]]:
    return [(picture.path.name, picture.captions, picture.split) for picture in corpus.pictures]


READ = [
    ("000000391895.jpg", ("A man with a red helmet on a small moped.", "Man riding a motor bike.")),
    ("000000000007.jpg", ("A cat.",)),
]


@pytest.mark.parametrize("place", ["", "images/", "../val2017/"])
def test_coco_with_pictures_in_the_usual_places(tmp_path, place):
    file = write(tmp_path / "annotations" / "captions_val2017.json", COCO)
    touch(file.parent / place, "000000391895.jpg", "000000000007.jpg")
    corpus = open_captions(str(file))
    assert [(name, captions) for name, captions, _ in facts(corpus)] == READ
    assert corpus.missing == ("gone.jpg",)
    assert corpus.notes() == ["1 of 3 pictures are not there and left out: gone.jpg"]
    assert not corpus.given


def test_coco_with_a_folder_that_is_named(tmp_path):
    file = write(tmp_path / "captions.json", COCO)
    touch(tmp_path / "else where", "000000391895.jpg")
    corpus = open_captions(str(file), images=str(tmp_path / "else where"))
    assert corpus.pictures[0].path == tmp_path / "else where" / "000000391895.jpg"
    assert len(corpus.missing) == 2
    with pytest.raises(InputError, match="none of its 3 pictures is there"):
        open_captions(str(file), images=str(tmp_path / "nowhere"))


def test_cocos_folder_with_its_parts(tmp_path):
    other = {"images": [{"id": 1, "file_name": "t.jpg"}], "annotations": [{"image_id": 1, "caption": "T."}]}
    write(tmp_path / "annotations" / "captions_train2017.json", other)
    write(tmp_path / "annotations" / "captions_val2017.json", COCO)
    touch(tmp_path, "train2017/t.jpg", "val2017/000000391895.jpg", "val2017/000000000007.jpg")
    corpus = open_captions(str(tmp_path))
    assert [split for _, _, split in facts(corpus)] == ["train", "validation", "validation"]
    assert {name: len(part) for name, part in corpus.divided(1).items()} == {"train": 1, "validation": 2, "test": 0}
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no captions_\*\.json"):
        open_captions(str(tmp_path / "empty"))


TOKENS = "1.jpg#0\tA dog runs .\n1.jpg#1\tA brown dog .\n2.jpg#0\tTwo, or three, men\n\n3.jpg#0\tGone\n"
COMMAS = 'image,caption\n1.jpg,A dog runs .\n1.jpg,A brown dog .\n2.jpg,"Two, or three, men"\n3.jpg,Gone\n'
LOOSE = "image,caption\n1.jpg,A dog runs .\n1.jpg,A brown dog .\n2.jpg,Two, or three, men\n3.jpg,Gone\n"
BARS = (
    "image_name| comment_number| comment\n1.jpg| 0| A dog runs .\n1.jpg| 1| A brown dog .\n"
    "2.jpg| 0| Two, or three, men\n3.jpg| 4 Gone\n"
)


@pytest.mark.parametrize("text", [TOKENS, COMMAS, LOOSE, BARS, TOKENS.replace("\n", "\r\n")])
def test_flickr_in_all_its_forms(tmp_path, text):
    file = write(tmp_path / "captions.txt", text)
    touch(tmp_path / "Images", "1.jpg", "2.jpg")
    corpus = open_captions(str(file))
    assert facts(corpus) == [("1.jpg", ("A dog runs .", "A brown dog ."), ""), ("2.jpg", ("Two, or three, men",), "")]
    assert corpus.missing == ("3.jpg",)


def test_flickrs_lists_of_parts(tmp_path):
    file = write(tmp_path / "Flickr8k.token.txt", TOKENS)
    touch(tmp_path / "Flicker8k_Dataset", "1.jpg", "2.jpg", "3.jpg")
    write(tmp_path / "Flickr_8k.trainImages.txt", "1.jpg\n")
    write(tmp_path / "Flickr_8k.devImages.txt", "3.jpg\n")
    assert [(name, split) for name, _, split in facts(open_captions(str(file)))] == [
        ("1.jpg", "train"),
        ("3.jpg", "validation"),
    ]
    write(tmp_path / "Flickr_8k.testImages.txt", "1.jpg\n")
    with pytest.raises(InputError, match=r"1\.jpg is in the test part too"):
        open_captions(str(file))


KARPATHY: dict[str, Any] = {
    "dataset": "coco",
    "images": [
        {
            "filepath": "val2014",
            "filename": "a.jpg",
            "split": "restval",
            "sentences": [{"raw": "A dog.", "tokens": ["a", "dog"]}, {"tokens": ["the", "dog"]}],
        },
        {
            "filename": "b.jpg",
            "split": "val",
            "sentences": [{"raw": "A cat.", "language": "en"}, {"raw": "Eine Katze.", "language": "de"}],
            "group": "cats",
        },
        {"filename": "c.jpg", "split": "test", "sentences": [{"raw": "Ein Haus.", "language": "de"}]},
    ],
}


def test_karpathys_divisions(tmp_path):
    file = write(tmp_path / "dataset_coco.json", KARPATHY)
    touch(tmp_path, "val2014/a.jpg", "b.jpg", "c.jpg")
    corpus = open_captions(str(file))
    assert facts(corpus) == [("a.jpg", ("A dog.", "the dog"), "train"), ("b.jpg", ("A cat.",), "validation")]
    assert [picture.group for picture in corpus.pictures] == ["a.jpg", "cats"]
    assert corpus.given
    german = open_captions(str(file), language="de")
    assert facts(german)[1:] == [("b.jpg", ("Eine Katze.",), "validation"), ("c.jpg", ("Ein Haus.",), "test")]
    only_german = {"images": KARPATHY["images"][2:]}
    with pytest.raises(InputError, match="no caption in 'fr': there are de"):
        open_captions(str(write(tmp_path / "de.json", only_german)), language="fr")


def changed(document: dict[str, Any], key: str, place: int, value: object) -> dict[str, Any]:
    copy = json.loads(json.dumps(document))
    copy[key][place] = value
    return dict(copy)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not JSON"),
        ("{}", "neither COCO's form"),
        ({"images": []}, "neither COCO's form"),
        (changed(COCO, "images", 1, {"id": 7}), r'images\[1\]: expected an object with "id" and "file_name"'),
        (changed(COCO, "images", 1, {"id": 391895, "file_name": "x"}), "is there twice"),
        (changed(COCO, "annotations", 0, {"image_id": 99, "caption": "x"}), r"annotations\[0\]: there is no picture"),
        (changed(COCO, "annotations", 0, [1]), r'annotations\[0\]: expected an object with "image_id"'),
        (changed(COCO, "images", 0, {"id": 391895, "file_name": "/etc/passwd"}), "lies outside of the folder"),
        (changed(COCO, "images", 0, {"id": 391895, "file_name": "a/../../b.jpg"}), "lies outside of the folder"),
        (changed(KARPATHY, "images", 1, {"filename": "b.jpg"}), r'images\[1\]: expected an object with "filename"'),
        (changed(KARPATHY, "images", 1, {"filename": "b.jpg", "split": "dev", "sentences": []}), "split 'dev'"),
        ("just a text\n", r'line 1: expected "1\.jpg#0", a tab'),
        (TOKENS + "no tab\n", r"line 6: expected"),
        ("", "line 1: expected"),
    ],
)
def test_faulty_files_are_named(tmp_path, content, says):
    file = write(tmp_path / "captions.json", content)
    with pytest.raises(InputError, match=says) as caught:
        open_captions(str(file))
    assert "\n" not in str(caught.value)


def test_groups_stay_together_whatever_the_seed(tmp_path):
    images = [{"filename": f"{n}.jpg", "sentences": [{"raw": "x"}], "group": str(n // 4)} for n in range(400)]
    touch(tmp_path, *(image["filename"] for image in images))
    corpus = open_captions(str(write(tmp_path / "k.json", {"images": images})))
    parts = corpus.divided(3)
    groups = {name: {picture.group for picture in part} for name, part in parts.items()}
    assert sum(len(group) for group in groups.values()) == 100
    assert 60 < len(groups["train"]) < 95
    assert corpus.divided(3) == parts != corpus.divided(4)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    from edgernn.edge_runtime.caption.reading.read_flickr import read_flickr

    try:
        read_flickr(Path("captions.txt"), text)
    except InputError as error:
        assert str(error).startswith("captions.txt")  # noqa: PT017
