"""Moses's form: two files, line by line, told apart by their endings (corpus.en and corpus.es)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import decode_text
from edgernn.edge_runtime.translate.reading.bitext import Bitext, Pair, chosen_languages
from edgernn.edge_runtime.translate.reading.read_tsv import LANGUAGE

# How the parts of a folder are called.
_PARTS = {
    "train": "train",
    "training": "train",
    "valid": "validation",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}


def moses_files(path: Path) -> dict[Path, tuple[str, ...]]:
    """What belongs together: by the name without its ending, the endings, two or more each.

    Args:
      path: a folder, the common beginning of the files' names, or one of the files.

    Raises:
      InputError: the folder cannot be read.
    """
    folder = path if path.is_dir() else path.parent
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror or error}") from error
    found: dict[Path, list[str]] = {}
    for file in files:
        ending = file.suffix[1:]
        if LANGUAGE.fullmatch(ending) and ending not in ("tsv", "csv", "tmx", "txt", "gz", "zip", "md"):
            found.setdefault(file.with_suffix(""), []).append(ending)
    wanted = None if path.is_dir() else {path, path.with_suffix("")}
    return {
        stem: tuple(endings)
        for stem, endings in found.items()
        if len(endings) > 1 and (wanted is None or stem in wanted)
    }


def read_moses(
    where: Path, files: dict[Path, tuple[str, ...]], wanted: tuple[str, str] = ("", "")
) -> tuple[Bitext, list[Path]]:
    """The pairs of one or several pairs of files.

    Where there are several, they are the parts of the data, by their names (`train.en`, `valid.en`, `test.en`).

    Args:
      where: what the user named, for messages.
      files: from `moses_files`.
      wanted: languages of source and target, or "" for the endings in the order of the alphabet.

    Returns:
      The pairs, and the files in the order in which they were read.

    Raises:
      InputError: no files, unequal numbers of lines, or unclear parts or languages.
    """
    if not files:
        raise InputError(f"{where}: no pair of files such as corpus.en and corpus.es")
    common = set.intersection(*(set(endings) for endings in files.values()))
    source, target = chosen_languages(str(where), sorted(common), wanted)
    pairs: list[Pair] = []
    read: list[Path] = []
    for stem, split in _parts_of(where, files).items():
        both = [stem.with_name(f"{stem.name}.{one}") for one in (source, target)]
        lines = [_lines(file) for file in both]
        if len(lines[0]) != len(lines[1]):
            raise InputError(
                f"{both[0]} has {len(lines[0]):,} lines, {both[1].name} {len(lines[1]):,}: they belong line to line"
            )
        pairs += (Pair(one.strip(), other.strip(), split) for one, other in zip(*lines, strict=True))
        read += both
    return Bitext((source, target), tuple(pairs)), read


def _parts_of(where: Path, stems: Iterable[Path]) -> dict[Path, str]:
    stems = list(stems)
    if len(stems) == 1:
        return {stems[0]: ""}
    found: dict[str, Path] = {}
    for stem in stems:
        words = stem.name.lower().replace("-", ".").replace("_", ".").split(".")
        part = next((_PARTS[word] for word in words if word in _PARTS), "")
        if not part or part in found:
            names = ", ".join(one.name for one in stems)
            raise InputError(f"{where}: holds {names}: name one of them, or call them train, valid and test")
        found[part] = stem
    if "train" not in found:
        raise InputError(f"{where}: holds no train files")
    return {stem: part for part, stem in found.items()}


def _lines(path: Path) -> list[str]:
    try:
        text = decode_text(path.read_bytes(), path)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    # Not splitlines(): it also cuts at characters that stand inside a sentence, and lines would no longer match.
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines
