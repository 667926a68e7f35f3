"""TMX, the exchange format of translation memories (version 1.4b of its standard), from anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.reading.bitext import Bitext, Pair, chosen_languages

# What stands in these elements is a format's code, or a text of its own (a footnote), not the sentence.
_LEFT_OUT = frozenset({"bpt", "ept", "it", "ph", "ut", "sub"})
_DEEPEST = 32
_LONGEST = 100_000
_MOST_UNITS = 20_000_000
_BLOCK = 1 << 20


def read_tmx(path: Path, wanted: tuple[str, str] = ("", "")) -> Bitext:
    """The pairs of a file: of each unit the first variant in either language.

    A unit that lacks one of the two languages is left out. Documents with declarations of their own (entities) are
    refused, and nothing that a document names is opened.

    Args:
      path: the file.
      wanted: languages of source and target; "" for the header's source language, and for the only other one.

    Raises:
      InputError: no TMX, or one that is beyond the bounds; a line is named.
    """
    reader = _Reader(path)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                reader.feed(block)
            reader.close()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    first = [one for one in reader.languages if one.split("-")[0] == reader.source]
    found = [*first, *(one for one in reader.languages if one not in first)]
    source, target = chosen_languages(str(path), found, wanted)
    pairs = (Pair(unit[source], unit[target]) for unit in reader.units if source in unit and target in unit)
    return Bitext((source, target), tuple(pairs))


class _Reader:
    """Collects units, each with a text by language (the first part of its tag)."""

    def __init__(self, path: Path) -> None:
        self.units: list[dict[str, str]] = []
        self.languages: dict[str, None] = {}
        self.source = ""
        self._path = path
        self._open: list[str] = []
        self._language = ""
        self._text: list[str] | None = None
        self._length = self._hidden = 0
        # Attributes' names keep their prefix: no namespaces are looked up.
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._declaration
        self._parser.ElementDeclHandler = self._declaration
        self._parser.AttlistDeclHandler = self._declaration

    def feed(self, block: bytes) -> None:
        """A piece of the document."""
        self._parse(block, False)

    def close(self) -> None:
        """Its end."""
        self._parse(b"", True)

    def _parse(self, block: bytes, last: bool) -> None:
        try:
            self._parser.Parse(block, last)
        except expat.ExpatError as error:
            self._refuse(f"not XML: {expat.ErrorString(error.code)}")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name != "tmx":
            self._refuse(f"its first element is {name[:40]}, not tmx")
        self._open.append(name)
        if len(self._open) > _DEEPEST:
            self._refuse("elements lie too deep in one another")
        if name == "header":
            self.source = attributes.get("srclang", "").replace("_", "-").split("-")[0].lower()
        elif name == "tu":
            if len(self.units) >= _MOST_UNITS:
                self._refuse(f"more than {_MOST_UNITS:,} units")
            self.units.append({})
        elif name == "tuv":
            tag = attributes.get("xml:lang") or attributes.get("lang") or ""
            self._language = tag.replace("_", "-").split("-")[0].lower()
            if not self._language or not self.units:
                self._refuse("a variant without a language, or outside of a unit")
        elif name == "seg":
            self._text, self._length = [], 0
        elif name in _LEFT_OUT:
            self._hidden += 1

    def _end(self, name: str) -> None:
        self._open.pop()
        if name in _LEFT_OUT:
            self._hidden -= 1
        elif name == "seg" and self._text is not None and self.units:
            self.languages.setdefault(self._language)
            self.units[-1].setdefault(self._language, " ".join("".join(self._text).split()))
            self._text = None

    def _characters(self, data: str) -> None:
        if self._text is None or self._hidden:
            return
        self._length += len(data)
        if self._length > _LONGEST:
            self._refuse(f"a text of more than {_LONGEST:,} characters")
        self._text.append(data)

    def _declaration(self, *_: Any) -> None:
        self._refuse("declares entities or elements of its own, which are not read: remove its DOCTYPE's brackets")

    def _refuse(self, reason: str) -> NoReturn:
        raise InputError(f"{self._path} line {self._parser.CurrentLineNumber}: {reason}")
