"""Emoji: drawings of two vendors, with the names that Unicode's CLDR gives them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.captioned import FILE, PICTURES, Captioned, write_karpathy
from edgernn.train.data.dataset import Archive, Dataset, Package
from edgernn.train.data.emoji_groups import group_of

LANGUAGES = ("en", "de", "es", "fr", "it", "pt")
_PICTURES, _GROUPS = 3_786, 1_688
_VARIATION = "\ufe0f"
_NAMES, _DERIVED = "annotations", "annotationsDerived"
_NAME_ARCHIVES = (
    Archive(
        package="cldr-annotations-full",
        version="48.2.0",
        file="cldr-annotations-full-48.2.0.tgz",
        sha256="28576e51225deb51e3ddd734b0f824a0079682cb5d8c27faa9f68149317a14d1",
        size=6_537_823,
        registry="npm",
    ),
    Archive(
        package="cldr-annotations-derived-full",
        version="48.2.0",
        file="cldr-annotations-derived-full-48.2.0.tgz",
        sha256="4be946ff5815f806ec78b50363d577a769f2fbfb90c6380a44e161a92436996e",
        size=4_233_628,
        registry="npm",
    ),
)


class Emoji(Dataset):
    """Pictures of 64 x 64 pixels; skin tones, genders and directions of one emoji lie in one part (`group_of`).

    Both vendors' sets are divided alike: what one tests, the other does not train.

    Args:
      vendor: as the packages name it.
      name: of the set.
      summary: of the set.
      licence: of the pictures and their names.
      credit: whom to name.
      archive: of the pictures.
    """

    task = "caption"
    members = ()
    file = FILE
    text_column = ""
    label_column = ""

    def __init__(self, vendor: str, name: str, summary: str, licence: str, credit: str, archive: Archive) -> None:
        self._vendor = vendor
        self.name, self.summary, self.archive = name, summary, archive
        self.licence = f"{licence} (pictures), Unicode-3.0 (names)"
        self.credit = f"{credit}; Unicode CLDR 48.2; C. Henderson: emoji-data"

    @property
    def packages(self) -> tuple[Package, ...]:
        """The vendor's pictures, and the names of simple and of combined emoji."""
        folder = f"package/img/{self._vendor}/64/"
        pictures = Package(self.archive, (folder,), (".png",), PICTURES)
        table = Package(self.archive, ("package/emoji.json",))
        return (pictures, table, *(_names(archive) for archive in _NAME_ARCHIVES))

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """The captions; the pictures beside them."""
        names = {language: _read_names(unpacked, language) for language in LANGUAGES}
        table = json.loads((unpacked / "emoji.json").read_text("utf-8"))
        pictures = list(_pictures(table, self._vendor, names))
        groups = len({picture.group for picture in pictures})
        if (len(pictures), groups) != (_PICTURES, _GROUPS):
            raise InputError(f"emoji: {len(pictures):,} pictures of {groups:,} groups, not as expected")
        if missing := [one.name for one in pictures if not (unpacked / PICTURES / one.name).is_file()]:
            raise InputError(f"emoji: {len(missing)} pictures are missing, the first is {missing[0]}")
        write_karpathy(self.name, pictures, prepared)
        shutil.move(unpacked / PICTURES, prepared.parent / PICTURES)


def _names(archive: Archive) -> Package:
    kind = _DERIVED if "derived" in archive.package else _NAMES
    return Package(
        archive, (f"package/{kind}/",), tuple(f"/{language}/annotations.json" for language in LANGUAGES), kind
    )


def _read_names(unpacked: Path, language: str) -> dict[str, str]:
    """Each emoji's name."""
    found: dict[str, str] = {}
    for kind in (_NAMES, _DERIVED):
        document = json.loads((unpacked / kind / language / "annotations.json").read_text("utf-8"))
        entries = document[kind]["annotations"]
        found |= {emoji: entry["tts"][0] for emoji, entry in entries.items() if "tts" in entry}
    return found


def _pictures(table: list[dict[str, Any]], vendor: str, names: Mapping[str, dict[str, str]]) -> Iterator[Captioned]:
    for emoji in table:
        facts = {"category": emoji["category"], "subcategory": emoji["subcategory"]}
        for one in (emoji, *emoji.get("skin_variations", {}).values()):
            if one[f"has_img_{vendor}"]:
                captions = {language: _name_of(one["unified"], known) for language, known in names.items()}
                yield Captioned(one["image"], group_of(one["unified"]), captions, facts)


def _name_of(code: str, names: Mapping[str, str]) -> str:
    emoji = "".join(chr(int(part, 16)) for part in code.split("-"))
    # CLDR leaves out what only asks for a coloured picture.
    found = names.get(emoji) or names.get(emoji.replace(_VARIATION, ""))
    if found is None:
        raise InputError(f"emoji: CLDR has no name for {code}")
    return found


EMOJI = (
    Emoji(
        "google",
        "emoji",
        "3,786 emoji as Google draws them, with their names in six languages",
        "Apache-2.0",
        "Google: Noto Emoji",
        Archive(
            package="emoji-datasource-google",
            version="16.0.0",
            file="emoji-datasource-google-16.0.0.tgz",
            sha256="fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438",
            size=74_344_091,
            registry="npm",
        ),
    ),
    Emoji(
        "twitter",
        "emoji-twitter",
        "3,786 emoji as Twitter draws them, divided as `emoji` is: another hand's drawings to test on",
        "CC BY 4.0",
        "Twitter, Inc. and other contributors: Twemoji",
        Archive(
            package="emoji-datasource-twitter",
            version="16.0.0",
            file="emoji-datasource-twitter-16.0.0.tgz",
            sha256="f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877",
            size=61_683_754,
            registry="npm",
        ),
    ),
)
