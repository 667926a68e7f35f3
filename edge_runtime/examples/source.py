"""Where data is: the user's own file, or a catalogued set that `edgernn data fetch` has brought."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import cache_dir
from edgernn.edge_runtime.spec.decode import decode

RECORD = "dataset.json"


@dataclass(frozen=True)
class DataRecord:
    """`dataset.json`, which a fetch leaves beside the data as its last step.

    Attributes:
      name: in the catalogue.
      file: name of the data file beside the record.
      sha256: of that file.
      text_column: that holds the text.
      label_column: that holds the label.
      licence: the data set's own.
      credit: whom to name.
    """

    name: str
    file: str
    sha256: str
    text_column: str
    label_column: str
    licence: str
    credit: str


@dataclass(frozen=True)
class DataSource:
    """A file to read, and what is known of it.

    Attributes:
      name: catalogue name, or the file's name.
      path: the file.
      text_column: that holds the text, or None where it is to be found.
      label_column: that holds the label, or None where it is to be found.
      licence: "unknown" for a user's file.
      credit: whom to name; "" for a user's file.
    """

    name: str
    path: Path
    text_column: str | None = None
    label_column: str | None = None
    licence: str = "unknown"
    credit: str = ""


def data_folder(name: str) -> Path:
    """Where a catalogued set lies in the user's cache."""
    return cache_dir() / "data" / name


def locate(name_or_path: str) -> DataSource:
    """Finds a file, or a fetched set.

    Raises:
      InputError: neither; the message says how to fetch a set.
    """
    path = Path(name_or_path)
    if path.is_file():
        return DataSource(path.name, path)
    if path.is_dir():
        raise InputError(f"{path}: is a folder: name a CSV, TSV or JSONL file")
    if path.suffix or path.name != name_or_path:
        raise InputError(f"{name_or_path}: no such file")
    record = read_record(name_or_path)
    if record is None:
        raise InputError(_unknown(name_or_path))
    return DataSource(
        record.name,
        data_folder(name_or_path) / record.file,
        record.text_column,
        record.label_column,
        record.licence,
        record.credit,
    )


def read_record(name: str) -> DataRecord | None:
    """The record of a fetched set, or None where it has not been fetched (or its record is damaged)."""
    try:
        document = json.loads((data_folder(name) / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    record = decode(DataRecord, document, "", [])
    return record if record is not None and (data_folder(name) / record.file).is_file() else None


def _unknown(name: str) -> str:
    folder = cache_dir() / "data"
    fetched = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    near = difflib.get_close_matches(name, fetched, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"{name}: neither a file nor a fetched data set{hint}: try edgernn data fetch {name}, or edgernn data list"
