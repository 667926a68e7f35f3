"""What a tagger adds to a bundle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# How columns of entities are called; others with a scheme (phrases) stand beside them.
_ENTITIES = ("ner", "ne", "entity", "entities", "ner_tags")
_LEAST_WIDTH = 2


@dataclass(frozen=True)
class WordsSpec:
    """How words become ids: 0 pads, 1 is what the list does not hold, the list's first word is 2.

    Attributes:
      input: the model input that takes them, int32 [1, time].
      list: asset name; a word a line.
      lower: words are looked up in lower case.
      zero_digits: every digit is looked up as 0.
    """

    input: str
    list: str
    lower: bool
    zero_digits: bool


@dataclass(frozen=True)
class CharactersSpec:
    """How words become their characters' ids: 0 pads, 1 is what the list does not hold, the first one is 2.

    Attributes:
      input: the model input that takes them, int32 [1, time, width].
      list: asset name; the characters in a row, UTF-8.
      width: characters of a word that are read; of a longer one its first and its last half.
    """

    input: str
    list: str
    width: int


@dataclass(frozen=True)
class ColumnSpec:
    """One kind of labels.

    Attributes:
      name: of the column ("ner").
      output: the model output, float32 [1, time, labels].
      labels: asset name; a label a line, in the order of the output's last axis.
      kind: "crf": one label a token, which depends on its neighbours' (see `crf`); "one": one label a token, the
        greatest score; "several": any number of labels a token, those whose score is above 0.
      scheme: in which the labels mark spans, or "none".
      crf: asset name of the labels' effects on each other (JSON: "transitions" from the row's to the column's label,
        "start", "end"); "" but for "crf".
    """

    name: str
    output: str
    labels: str
    kind: Literal["crf", "one", "several"]
    scheme: Literal["iob1", "iob2", "iobes", "none"]
    crf: str = ""


@dataclass(frozen=True)
class TagSpec:
    """Sequence labelling: one or more labels for each word of a text.

    Attributes:
      name: always "tag".
      words: how words are looked up.
      characters: how their characters are, or null.
      shapes: the model input that takes each word's shape (see `edge_runtime.tag.features`), int32 [1, time]; "": none.
      columns: one or more; see `entity_columns`.
      max_words: longer sentences are read in windows of so many words.
      overlap: words that two windows share.
      clitics: endings that are cut off as words of their own ("'s").
      abbreviations: asset name; words that keep the period behind them, one a line; "": none.
    """

    name: Literal["tag"]
    words: WordsSpec
    characters: CharactersSpec | None
    shapes: str
    columns: tuple[ColumnSpec, ...]
    max_words: int
    overlap: int
    clitics: tuple[str, ...] = ()
    abbreviations: str = ""

    def assets(self) -> tuple[str, ...]:
        """Names of the assets that the bundle must hold."""
        lists = [self.words.list, self.abbreviations, self.characters.list if self.characters else ""]
        return tuple(name for column in self.columns for name in (column.labels, column.crf) if name) + tuple(
            name for name in lists if name
        )

    @property
    def entity_columns(self) -> tuple[str, ...]:
        """Columns whose spans are the entities: one that is called so, otherwise all that have a scheme."""
        marked = [column.name for column in self.columns if column.scheme != "none"]
        named = [name for name in marked if name.lower() in _ENTITIES]
        return tuple(named[:1] or marked)

    @property
    def main_column(self) -> str:
        """The column that a token's label is from where only one is shown."""
        return (*self.entity_columns, *(column.name for column in self.columns))[0]

    def faults(self) -> Iterator[str]:
        """What cannot be right, one sentence each."""
        names = [column.name for column in self.columns]
        if not names or len(set(names)) < len(names):
            yield "task.columns: one or more are needed, each name once"
        for column in self.columns:
            if (column.kind == "crf") != bool(column.crf):
                yield f"task.columns: {column.name!r}: a crf is an asset of columns of that kind, and of no others"
        if not 0 <= 2 * self.overlap < self.max_words:
            yield "task.overlap: expected 0 or more, and less than half of max_words"
        if self.characters is not None and self.characters.width < _LEAST_WIDTH:
            yield f"task.characters.width: expected {_LEAST_WIDTH} or more"
