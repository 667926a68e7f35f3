"""Tiny Shakespeare (Karpathy 2015), with the parts of Sonnet's example."""

from __future__ import annotations

import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

_PARTS = {"train": "train", "validation": "valid", "test": "test"}


class TinyShakespeare(Dataset):
    """Lines from the plays, for models of characters."""

    name = "tiny-shakespeare"
    task = "lm"
    summary = "1,115,394 characters of Shakespeare's plays, in three parts"
    licence = "the text is in the public domain; packaged under Apache-2.0 (dm-sonnet)"
    credit = "W. Shakespeare; A. Karpathy: char-rnn (2015); The Sonnet Authors"
    archive = Archive(
        package="dm_sonnet",
        version="1.36",
        file="dm_sonnet-1.36-py3-none-any.whl",
        sha256="afe292a5f2eaed5c3e2be4b30f2a14b67425422457b9a51579d616af6f075dac",
        size=665_281,
    )
    members = tuple(f"sonnet/examples/data/ts.{part}.txt" for part in _PARTS.values())
    file = "tiny-shakespeare.jsonl"
    label_column = ""

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """One record a part."""
        try:
            texts = {split: (unpacked / f"ts.{part}.txt").read_text("utf-8") for split, part in _PARTS.items()}
        except (OSError, ValueError) as error:
            raise InputError(f"Tiny Shakespeare: its content is not as expected ({error})") from error
        lines = [json.dumps({"split": split, "text": text}, ensure_ascii=False) for split, text in texts.items()]
        prepared.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
