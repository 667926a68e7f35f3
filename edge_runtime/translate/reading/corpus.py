"""Pairs of sentences out of a file, a pair of files, a folder, or a fetched data set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import decode_text
from edgernn.edge_runtime.examples.source import DataSource, locate
from edgernn.edge_runtime.translate.reading.bitext import Bitext, Pair
from edgernn.edge_runtime.translate.reading.read_json import read_json_lines
from edgernn.edge_runtime.translate.reading.read_moses import moses_files, read_moses
from edgernn.edge_runtime.translate.reading.read_tmx import read_tmx
from edgernn.edge_runtime.translate.reading.read_tsv import read_tsv

_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class ParallelCorpus:
    """Pairs in the data's own direction.

    Attributes:
      source: what the user named.
      sha256: of the file, or of the files one after another.
      languages: of source and target, BCP-47; "" where nobody says.
      pairs: in the files' order.
    """

    source: DataSource
    sha256: str
    languages: tuple[str, str]
    pairs: tuple[Pair, ...]


def open_parallel(name_or_path: str, languages: tuple[str, str] = ("", "")) -> ParallelCorpus:
    """Reads pairs of sentences.

    Args:
      name_or_path: a TSV, JSON lines or TMX file; a folder, a prefix or a file of Moses's form; or a fetched data set.
      languages: of source and target as the data has them; needed where it has more than two.

    Raises:
      InputError: there is no such thing, a line is faulty, or there is no pair in it.
    """
    path = Path(name_or_path)
    files = moses_files(path)
    if files or path.is_dir():
        bitext, read = read_moses(path, files, languages)
        source = DataSource(path.resolve().name, path)
    else:
        source = locate(name_or_path)
        bitext, read = _read(source, languages), [source.path]
    if not bitext.pairs:
        raise InputError(f"{source.path}: no pair of sentences in it")
    return ParallelCorpus(source, _hash(read), bitext.languages, bitext.pairs)


def _read(source: DataSource, languages: tuple[str, str]) -> Bitext:
    if source.path.suffix.lower() == ".tmx":
        return read_tmx(source.path, languages)
    try:
        text = decode_text(source.path.read_bytes(), source.path)
    except OSError as error:
        raise InputError(f"{source.path}: {error.strerror or error}") from error
    if source.path.suffix.lower() not in _JSON:
        return read_tsv(source.path, text, languages)
    # A catalogued set's columns are its languages.
    own = (languages[0] or source.text_column or "", languages[1] or source.label_column or "")
    return read_json_lines(source.path, text, own)


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
