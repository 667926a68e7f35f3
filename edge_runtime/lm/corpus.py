"""Running text out of a file or a folder, block by block: memory does not grow with the text."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.records import json_object
from edgernn.edge_runtime.examples.source import DataSource, locate

# A text is divided into blocks of about a two-hundredth, so that each split gets many.
_BLOCKS, _SMALLEST, _LARGEST = 200, 512, 1 << 16
_READ = 1 << 20


@dataclass(frozen=True)
class Block:
    """A piece of text.

    Attributes:
      text: it; it ends at the end of a line or of a word where there is one.
      split: "train", "validation" or "test" where the data says so, otherwise None.
      ends: whether the document ends with it.
    """

    text: str
    split: str | None = None
    ends: bool = False


@dataclass(frozen=True)
class Skipped:
    """A file that was left out of a folder, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Corpus:
    """A text to read.

    Attributes:
      source: what the user named.
      files: to read, in this order.
      skipped: files of the folder that are not text.
      sha256: of the file, or of the names and contents of the folder's files.
      size: bytes.
      level: what a token is, where the data says so ("blank"), or "".
    """

    source: DataSource
    files: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    sha256: str
    size: int
    level: str = ""

    def blocks(self) -> Iterator[Block]:
        """The text, from its beginning.

        Raises:
          InputError: a line is not what the file's kind promises, or a file has become unreadable.
        """
        size = min(_LARGEST, max(_SMALLEST, self.size // _BLOCKS))
        for path in self.files:
            yield from _json_blocks(path) if path.suffix == ".jsonl" else _text_blocks(path, size)


def open_corpus(name_or_path: str) -> Corpus:
    """Finds a text file, a folder of them, a JSON-lines file with a `text` a line, or a fetched set.

    Raises:
      InputError: there is no such thing, or no text in it.
    """
    path = Path(name_or_path)
    if path.is_dir():
        return _open_folder(path)
    source = locate(name_or_path)
    reason = _not_text(source.path)
    if reason:
        raise InputError(f"{source.path}: {reason}")
    size = source.path.stat().st_size
    return Corpus(source, (source.path,), (), _hash([source.path], None), size, _level_of(source.path))


def _open_folder(folder: Path) -> Corpus:
    files: list[Path] = []
    skipped: list[Skipped] = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        reason = _not_text(path)
        if reason:
            skipped.append(Skipped(path, reason))
        else:
            files.append(path)
    if not files:
        raise InputError(f"{folder}: no UTF-8 text in this folder")
    size = sum(path.stat().st_size for path in files)
    source = DataSource(folder.resolve().name, folder)
    return Corpus(source, tuple(files), tuple(skipped), _hash(files, folder), size)


def _not_text(path: Path) -> str:
    """Why a file cannot be read as text, or ""."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    seen = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_READ):
                if b"\0" in block:
                    return f"not text (byte {seen + block.index(0) + 1} is zero)"
                decoder.decode(block)
                seen += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return f"not UTF-8 (near byte {seen + error.start + 1}): convert it, as with iconv -t UTF-8"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return "" if seen else "is empty"


def _hash(files: list[Path], folder: Path | None) -> str:
    digest = hashlib.sha256()
    for path in files:
        if folder is not None:
            digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(_READ):
                digest.update(block)
    return digest.hexdigest()


def _text_blocks(path: Path, size: int) -> Iterator[Block]:
    last = ""
    for text in _pieces(path, size):
        if last:
            yield Block(last)
        last = text
    yield Block(last, ends=True)


def _pieces(path: Path, size: int) -> Iterator[str]:
    """A file's text, none of the pieces empty."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    kept = ""
    with path.open("rb") as file:
        while data := file.read(size):
            # All line ends as one character: "\r" at a block's end waits for what follows.
            text = kept + decoder.decode(data)
            held = "\r" if text.endswith("\r") else ""
            text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
            cut = _end_of_line_or_word(text)
            kept = text[cut:] + held
            if cut:
                yield text[:cut]
    rest = (kept + decoder.decode(b"", final=True)).replace("\r", "\n")
    if rest:
        yield rest


def _end_of_line_or_word(text: str) -> int:
    """Where a block is cut: after its last line, before its last blank, or at its end."""
    line = text.rfind("\n") + 1
    if line:
        return line
    blank = text.rfind(" ")
    return blank if blank > 0 else len(text)


def _json_blocks(path: Path) -> Iterator[Block]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            document = _parsed(path, number, line)
            if "text" not in document and number == 1:
                continue  # the header
            text, split = document.get("text"), document.get("split")
            if not isinstance(text, str) or not (split is None or split in ("train", "validation", "test")):
                raise InputError(
                    f'{path} line {number}: expected {{"text": "..."}}, and "split", if any, to be train, validation '
                    "or test"
                )
            yield Block(text if text.endswith("\n") else text + "\n", split, True)


def _level_of(path: Path) -> str:
    if path.suffix != ".jsonl":
        return ""
    with path.open("rb") as file:
        return "blank" if _parsed(path, 1, file.readline()).get("tokens") == "blank" else ""


def _parsed(path: Path, number: int, line: bytes) -> dict[str, object]:
    return json_object(f"{path} line {number}", line, 'as in {"text": "..."}')
