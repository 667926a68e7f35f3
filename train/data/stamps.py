"""Tux Paint's stamps: drawings and photographs for children, each with a caption that many have translated."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.captioned import FILE, PICTURES, Captioned, write_karpathy
from edgernn.train.data.dataset import Archive, Dataset, Package

_FOLDER = "./usr/share/tuxpaint/stamps/"
_PICTURES, _CAPTIONS = 796, 674
_MIRRORED = "_mirror"
_ENCODING = ".utf8"


class Stamps(Dataset):
    """The stamps that are pictures of pixels; 165 others are vector drawings alone, which OpenCV does not read.

    Stamps with the same English caption, mirrored ones among them, lie in one part.
    """

    name = "stamps"
    task = "caption"
    summary = "796 drawings and photographs of Tux Paint with captions, in up to 78 languages"
    licence = "GPL-2.0-or-later and others (see the package's copyright file, which is kept beside the data)"
    credit = "Tux Paint's authors, artists and translators (tuxpaint.org)"
    archive = Archive(
        package="tuxpaint-stamps-default",
        version="2022.06.04-1",
        file="tuxpaint-stamps-default_2022.06.04-1_all.deb",
        sha256="6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34",
        size=160_880_444,
        registry="debian",
    )
    members = ("./usr/share/doc/tuxpaint-stamps-default/copyright",)
    file = FILE
    text_column = ""
    label_column = ""

    @property
    def packages(self) -> tuple[Package, ...]:
        """Pictures and captions without the sounds, which are nine tenths of the package."""
        return (Package(self.archive, (_FOLDER, *self.members), (".png", ".txt")),)

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """The captions; the pictures and their licence beside them."""
        pictures = list(_pictures(unpacked))
        captions = len({picture.group for picture in pictures})
        if (len(pictures), captions) != (_PICTURES, _CAPTIONS):
            raise InputError(f"stamps: {len(pictures)} pictures with {captions} captions, not as expected")
        write_karpathy(self.name, pictures, prepared)
        for picture in pictures:
            target = prepared.parent / PICTURES / picture.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(unpacked / picture.name, target)
        shutil.move(unpacked / "copyright", prepared.parent / "copyright")


def _pictures(folder: Path) -> Iterator[Captioned]:
    for path in sorted(folder.rglob("*.png")):
        text = path.with_name(path.stem.removesuffix(_MIRRORED) + ".txt")
        captions = read_captions(text.read_text("utf-8"))
        name = path.relative_to(folder).as_posix()
        yield Captioned(name, captions["en"], captions, {"category": name.split("/")[0]})


def read_captions(text: str) -> dict[str, str]:
    """Captions by language: the first line is English, the others are "de.utf8=Ein Haus."."""
    first, *others = text.splitlines()
    found = {"en": first.strip()}
    for line in others:
        key, sign, caption = line.partition("=")
        if sign and key.endswith(_ENCODING) and caption.strip():
            found.setdefault(_language(key.removesuffix(_ENCODING)), caption.strip())
    return found


def _language(locale: str) -> str:
    """In BCP-47 "pt_BR" is "pt-BR"; "sr@latin" names the script, "ca@valencia" the variant."""
    return locale.replace("_", "-").replace("@latin", "-Latn").replace("@", "-")
