"""Sentences in two languages, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edgernn.edge_runtime.errors import InputError

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Pair:
    """A sentence and a translation of it.

    Attributes:
      source: without white space at its ends; may be empty in a faulty file.
      target: as `source`.
      split: "train", "validation" or "test" where the data says so, otherwise "".
    """

    source: str
    target: str
    split: str = ""

    @property
    def swapped(self) -> Pair:
        """The other direction."""
        return Pair(self.target, self.source, self.split)


@dataclass(frozen=True)
class Bitext:
    """What a file holds.

    Attributes:
      languages: of source and target as BCP-47 tags; "" where the file does not say.
      pairs: in the file's order.
    """

    languages: tuple[str, str]
    pairs: tuple[Pair, ...]


def checked_split(name: object, where: str) -> str:
    """A part that a file names.

    Raises:
      InputError: it is none.
    """
    if not isinstance(name, str) or name not in ("", *SPLITS):
        raise InputError(f"{where}: split {name!r}: expected {', '.join(SPLITS)}")
    return name


def primary(language: str) -> str:
    """The first part of a tag, by which languages are compared: "en" of "en-GB"."""
    return language.replace("_", "-").split("-")[0].casefold()


def chosen_languages(where: str, found: Iterable[str], wanted: tuple[str, str]) -> tuple[str, str]:
    """The two languages to read.

    Args:
      where: the file, for messages.
      found: the languages that it holds, the source's first if there are two.
      wanted: by the user; "" where that is left to the file.

    Raises:
      InputError: a language is missing, or it is not clear which two are meant.
    """
    known = {primary(one): one for one in found}
    listed = ", ".join(known.values()) or "none"
    for one in wanted:
        if one and primary(one) not in known:
            raise InputError(f"{where}: no sentences in {one}: its languages are {listed}")
    names = [known[primary(one)] if one else "" for one in wanted]
    if names[0] and names[0] == names[1]:
        raise InputError(f"{where}: --source-language and --target-language are the same")
    left = [one for one in known.values() if one not in names]
    if len(left) > names.count("") > 0:
        raise InputError(f"{where}: its languages are {listed}: choose with --source-language and --target-language")
    if len(left) < names.count(""):
        raise InputError(f"{where}: sentences in two languages are needed: its languages are {listed}")
    source, target = (one or left.pop(0) for one in names)
    return source, target
