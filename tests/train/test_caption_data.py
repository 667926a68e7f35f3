"""Sets of captioned pictures: packages of Debian, folders out of archives, groups, and what is written."""

from __future__ import annotations

import hashlib
import io
import json
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data import Archive, fetch
from edgernn.train.data.captioned import Captioned, split_of, write_karpathy
from edgernn.train.data.emoji import EMOJI
from edgernn.train.data.emoji_groups import group_of
from edgernn.train.data.stamps import Stamps, read_captions
from edgernn.train.data.unpack import unpack

STAMPS = "./usr/share/tuxpaint/stamps/"


def tar_of(files: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo(f"{STAMPS}evil.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def ar_of(parts: dict[str, bytes]) -> bytes:
    made = b"!<arch>\n"
    for name, data in parts.items():
        head = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n"
        made += head.encode() + data + b"\n" * (len(data) % 2)
    return made


def deb_of(files: dict[str, bytes]) -> bytes:
    return ar_of({"debian-binary": b"2.0\n", "control.tar.xz": b"odd", "data.tar.xz": tar_of(files, "w:xz")})


def unpacked(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_debian_package_is_read_as_an_archive(tmp_path):
    package, out = tmp_path / "a.deb", tmp_path / "out"
    files = {
        f"{STAMPS}a/b.png": b"picture",
        f"{STAMPS}a/b.txt": b"text",
        f"{STAMPS}a/b.ogg": b"sound",
        "./copyright": b"c",
    }
    package.write_bytes(deb_of(files))
    out.mkdir()
    unpack(package, [STAMPS, "./copyright"], out, (".png", ".txt"))
    assert unpacked(out) == {"a/b.png": "picture", "a/b.txt": "text", "copyright": "c"}
    with pytest.raises(InputError, match=r"holds no \./other"):
        unpack(package, ["./other"], out)


@pytest.mark.parametrize(
    "content",
    [
        b"no archive",
        ar_of({"debian-binary": b"2.0\n"}),
        ar_of({"data.tar.zst": b"abc"}),
        ar_of({"data.tar.xz": b"no xz"}),
        deb_of({"x": bytes(random.Random(1).randbytes(5000))})[:-3000],
        b"!<arch>\n" + b"data.tar.xz".ljust(48) + b"12x".ljust(10) + b"`\n",
    ],
)
def test_what_is_no_debian_package(tmp_path, content):
    (tmp_path / "a.deb").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.deb: cannot be unpacked"):
        unpack(tmp_path / "a.deb", ["x"], tmp_path)


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/evil", "a//b", "a\\b", "c:evil", "./b"])
def test_names_inside_an_archive_choose_no_path_outside(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as file:
        file.writestr(zipfile.ZipInfo(f"in/{name}"), "x")
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="no name that a file of an archive should have"):
        unpack(tmp_path / "a.whl", ["in/"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_archive_of_too_many_files_is_refused(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as file:
        for number in range(4):
            file.writestr(f"in/{number}", "x")
    monkeypatch.setattr("edgernn.train.data.unpack.MAX_FILES", 3)
    with pytest.raises(InputError, match="more than 3 files"):
        unpack(tmp_path / "a.whl", ["in/"], tmp_path)


def test_apt_get_is_asked_and_what_it_says_is_told(cache, tmp_path, monkeypatch):
    (tmp_path / "kept.deb").write_bytes(
        deb_of(
            {f"{STAMPS}a/cat.png": b"1", f"{STAMPS}a/cat.txt": b"A cat.\nde.utf8=Eine Katze.\n", "./copyright": b"GPL"}
        )
    )
    digest = hashlib.sha256((tmp_path / "kept.deb").read_bytes()).hexdigest()
    client = tmp_path / "apt-get"
    client.write_text(
        f'#!/bin/sh\n[ "$*" = "download --quiet toy=1-1" ] && exec cp "{tmp_path}/kept.deb" toy_1-1_all.deb\n'
        "echo 'W: a warning'; echo 'E: Unable to locate package toy'; exit 100\n"
    )
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(Stamps, "archive", Archive("toy", "1-1", "toy_1-1_all.deb", digest, 1000, "debian"))
    monkeypatch.setattr(Stamps, "members", ("./copyright",))
    monkeypatch.setattr("edgernn.train.data.stamps._PICTURES", 1)
    monkeypatch.setattr("edgernn.train.data.stamps._CAPTIONS", 1)
    path = fetch(Stamps())
    assert unpacked(path.parent / "pictures") == {"a/cat.png": "1"}
    assert (path.parent / "copyright").read_text() == "GPL"
    (image,) = json.loads(path.read_text())["images"]
    assert [(one["language"], one["raw"]) for one in image["sentences"]] == [("en", "A cat."), ("de", "Eine Katze.")]
    monkeypatch.setattr(Stamps, "name", "other")
    monkeypatch.setattr(Stamps, "archive", Archive("toy", "2-1", "toy_2-1_all.deb", digest, 1000, "debian"))
    with pytest.raises(InputError, match=r"\(Unable to locate package toy\): run apt-get update, check the network"):
        fetch(Stamps())
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="has no apt-get: fetch it on Debian 12"):
        fetch(Stamps())


SAME = [
    ("1F44B", "1F44B-1F3FB", "1F44B-1F3FF"),
    ("1F3C3", "1F3C3-1F3FB-200D-2640-FE0F", "1F3C3-200D-2642-FE0F-200D-27A1-FE0F", "1F3C3-1F3FF-200D-27A1-FE0F"),
    ("1F9D1-200D-1F680", "1F468-1F3FD-200D-1F680", "1F469-200D-1F680"),
    ("1F468", "1F469-1F3FB", "1F9D1-200D-1F9B0", "1F468-1F3FD-200D-1F9B2"),
    ("1F466", "1F467", "1F9D2-1F3FE"),
    ("1F46A", "1F468-200D-1F469-200D-1F466", "1F9D1-200D-1F9D1-200D-1F9D2"),
    ("1F48F", "1F469-1F3FB-200D-2764-FE0F-200D-1F48B-200D-1F468-1F3FC"),
    ("1F491", "1F468-200D-2764-FE0F-200D-1F468"),
    ("1F46B", "1F46D-1F3FB", "1F9D1-1F3FB-200D-1F91D-200D-1F9D1-1F3FC"),
    ("1F91D", "1FAF1-1F3FB-200D-1FAF2-1F3FF"),
    ("1F385", "1F936-1F3FB", "1F9D1-200D-1F384"),
    ("2764", "2764-FE0F"),
]


def test_variants_of_an_emoji_are_one_group():
    groups = [{group_of(code) for code in codes} for codes in SAME]
    assert [len(group) for group in groups] == [1] * len(SAME)
    assert len(set.union(*groups)) == len(SAME)
    apart = [
        "1F3FB",
        "1F3FC",
        "2640-FE0F",
        "2642-FE0F",
        "27A1-FE0F",
        "1F9B0",
        "1F468-200D-1F33E",
        "1F1E9-1F1EA",
        "1F1E9",
    ]
    assert len({group_of(code) for code in apart}) == len(apart)


def test_emoji_take_their_names_from_both_tables(tmp_path, monkeypatch):
    picture = {"has_img_google": True, "has_img_twitter": False}
    tone = {"1F3FB": {"unified": "1F44B-1F3FB", "image": "1f44b-1f3fb.png", **picture}}
    entry = {
        "unified": "1F44B-FE0F",
        "image": "1f44b.png",
        "category": "P",
        "subcategory": "h",
        "skin_variations": tone,
    }
    (tmp_path / "emoji.json").write_text(json.dumps([{**entry, **picture}]))
    for kind, emoji, name in (
        ("annotations", "\U0001f44b", "waving hand"),
        ("annotationsDerived", "\U0001f44b\U0001f3fb", "w: l"),
    ):
        for language in ("en", "de", "es", "fr", "it", "pt"):
            path = tmp_path / kind / language / "annotations.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps({kind: {"annotations": {emoji: {"tts": [f"{name} {language}"]}}}}))
    (tmp_path / "pictures").mkdir()
    for name in ("1f44b.png", "1f44b-1f3fb.png"):
        (tmp_path / "pictures" / name).write_bytes(b"x")
    monkeypatch.setattr("edgernn.train.data.emoji._PICTURES", 2)
    monkeypatch.setattr("edgernn.train.data.emoji._GROUPS", 1)
    ready = tmp_path / "ready"
    ready.mkdir()
    EMOJI[0].prepare(tmp_path, ready / "captions.json")
    images = json.loads((ready / "captions.json").read_text())["images"]
    assert [(i["filename"], i["group"], i["sentences"][1]["raw"]) for i in images] == [
        ("1f44b.png", "1f44b", "waving hand de"),
        ("1f44b-1f3fb.png", "1f44b", "w: l de"),
    ]
    assert images[0]["split"] == images[1]["split"]
    assert all((ready / i["filepath"] / i["filename"]).is_file() for i in images)


def test_captions_of_a_stamp():
    text = (
        "A cat. \nde.utf8=Eine Katze.\npt_BR.utf8=Um gato.\nsr@latin.utf8=Ma=cka\nfr.utf8= \nodd line\nde.utf8=Noch\n"
    )
    assert read_captions(text) == {"en": "A cat.", "de": "Eine Katze.", "pt-BR": "Um gato.", "sr-Latn": "Ma=cka"}


def test_parts_are_as_large_as_they_are_said_to_be():
    parts = [split_of(str(number)) for number in range(20_000)]
    assert parts.count("test") / 20_000 == pytest.approx(0.10, abs=0.01)
    assert parts.count("val") / 20_000 == pytest.approx(0.05, abs=0.01)
    assert split_of("1f44b") == "train"  # for good: published figures depend on it


def test_the_form_of_karpathys_divisions(tmp_path):
    one = Captioned("animals/cat.png", "cat", {"en": "A cat's tail: 2 m!"}, {"category": "animals"})
    assert write_karpathy("toy", [one], tmp_path / "c.json") == 1
    document = json.loads((tmp_path / "c.json").read_text())
    assert document["dataset"] == "toy"
    (image,) = document["images"]
    assert (image["filepath"], image["filename"], image["imgid"]) == ("pictures/animals", "cat.png", 0)
    assert image["sentences"][0]["tokens"] == ["a", "cat's", "tail", "2", "m"]
