"""Labelled sentences out of a file, a folder of parts, or a fetched data set; and their division."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import decode_text
from edgernn.edge_runtime.examples.source import DataSource, locate
from edgernn.edge_runtime.tag.read_conll import looks_like_conll, read_conll
from edgernn.edge_runtime.tag.read_csv import header_of, read_csv
from edgernn.edge_runtime.tag.read_json import read_json_lines
from edgernn.edge_runtime.tag.sentence import Sentence

SPLITS = ("train", "validation", "test")
FRACTIONS = {"train": 0.8, "validation": 0.1, "test": 0.1}
# How the parts of a folder are called.
_PARTS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "testa": "validation",
    "test": "test",
    "testb": "test",
    "eval": "test",
}
_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True)
class TaggedCorpus:
    """Sentences, all with the same columns.

    Attributes:
      source: what the user named.
      sha256: of the file, or of the folder's parts.
      sentences: in the files' order.
    """

    source: DataSource
    sha256: str
    sentences: tuple[Sentence, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the label columns."""
        return tuple(self.sentences[0].tags)

    @property
    def given(self) -> bool:
        """Whether the data says which sentences train, validate and test."""
        return bool(self.sentences[0].split)

    def divided(self, seed: int) -> dict[str, list[Sentence]]:
        """The sentences by split: as the data says, or by SHA-256 of seed and tokens, equal sentences together.

        Args:
          seed: any whole number.
        """
        splits: dict[str, list[Sentence]] = {name: [] for name in SPLITS}
        for sentence in self.sentences:
            splits[sentence.split or _split_of(sentence, seed)].append(sentence)
        return splits


def open_tagged(name_or_path: str, columns: Sequence[str] = ()) -> TaggedCorpus:
    """Reads labelled sentences.

    Args:
      name_or_path: a file in CoNLL's form, JSON lines, CSV or TSV; a folder with `train`, `valid` (or `dev`) and `test`
        files of them; or a fetched data set.
      columns: names of CoNLL's label columns, or which of the others' to read; () for the usual or all.

    Raises:
      InputError: there is no such thing, a line is faulty, or some sentences lack a column or a split.
    """
    path = Path(name_or_path)
    if path.is_dir():
        source, parts = DataSource(path.resolve().name, path), _parts_of(path)
    else:
        source = locate(name_or_path)
        parts = {source.path: ""}
    digest = hashlib.sha256()
    sentences: list[Sentence] = []
    for file, split in parts.items():
        data = _read(file)
        digest.update(data)
        sentences += _sentences(file, decode_text(data, file), tuple(columns), split)
    if not sentences:
        raise InputError(f"{source.path}: no labelled sentence in it")
    return TaggedCorpus(source, digest.hexdigest(), tuple(_uniform(source.path, sentences, columns)))


def _parts_of(folder: Path) -> dict[Path, str]:
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        words = [word for word in _PARTS if word in path.name.lower().replace("-", ".").replace("_", ".").split(".")]
        if path.is_file() and words:
            split = _PARTS[words[0]]
            if split in found:
                raise InputError(f"{folder}: {found[split].name} and {path.name} are both its {split} part")
            found[split] = path
    if "train" not in found:
        raise InputError(f"{folder}: holds no train file (with valid or dev, and test, beside it)")
    return {found[split]: split for split in SPLITS if split in found}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


def _sentences(path: Path, text: str, columns: tuple[str, ...], split: str) -> list[Sentence]:
    if path.suffix.lower() in _JSON:
        return read_json_lines(path, text, split)
    if path.suffix.lower() in (".csv", ".tsv") or (header_of(text) is not None and not looks_like_conll(text)):
        return list(read_csv(path, text, columns, split))
    return list(read_conll(path, text, columns, split))


def _uniform(path: Path, sentences: Sequence[Sentence], columns: Sequence[str]) -> list[Sentence]:
    names = tuple(sentences[0].tags)
    wanted = tuple(columns) if columns and set(columns) <= set(names) else names
    if columns and wanted != tuple(columns):
        raise InputError(f"{path}: no column {', '.join(set(columns) - set(names))}: there are {', '.join(names)}")
    given = bool(sentences[0].split)
    kept = []
    for number, sentence in enumerate(sentences, 1):
        if set(sentence.tags) != set(names):
            found = ", ".join(sentence.tags)
            raise InputError(f"{path}: sentence {number} has the columns {found}, the first has {', '.join(names)}")
        if bool(sentence.split) != given:
            raise InputError(
                f"{path}: sentence {number} names {'no' if given else 'a'} split, the first does otherwise"
            )
        kept.append(replace(sentence, tags={name: sentence.tags[name] for name in wanted}))
    return kept


def _split_of(sentence: Sentence, seed: int) -> str:
    key = " ".join(sentence.tokens)
    number = int.from_bytes(hashlib.sha256(f"{seed}:{key}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
    share = number / 2**64
    for name, fraction in FRACTIONS.items():
        if share < fraction:
            return name
        share -= fraction
    return SPLITS[0]
