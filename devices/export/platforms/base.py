"""What a platform says of its projects."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edgernn.edge_runtime.bundle import Bundle


@dataclass(frozen=True)
class Project:
    """What is to be exported.

    Attributes:
      bundle: read and checked.
      name: of the project, for tools: lower-case letters, digits and hyphens.
      title: that people see.
    """

    bundle: Bundle
    name: str
    title: str

    @property
    def task(self) -> str:
        """What the model does, by its name in the bundle."""
        return self.bundle.manifest.typed_task.name

    def credits(self) -> str:
        """A Markdown paragraph on whose data the model has learnt."""
        data = self.bundle.manifest.data
        if data is None:
            return "The bundle does not say what the model was trained on."
        credit = f" {data.credit}" if data.credit else ""
        return f"The model was trained on {data.name} (licence: {data.licence or 'unknown'}).{credit}"


class Platform(ABC):
    """Projects for one kind of device.

    Attributes:
      name: as it is typed.
      folder: of the sources, in `devices`.
      patterns: which files of that folder belong to a project (globs).
      bundle: where the model lies in a project.
      next_steps: commands that build it, in the project's folder.
    """

    name: ClassVar[str]
    folder: ClassVar[str]
    patterns: ClassVar[tuple[str, ...]]
    bundle: ClassVar[str]
    next_steps: ClassVar[tuple[str, ...]]

    def obstacles(self, bundle: Bundle) -> list[str]:
        """Every reason why the platform cannot run a bundle, each with what to do."""
        return []

    @abstractmethod
    def place(self, source: str) -> str:
        """Where a source file lies in a project; paths are relative, with slashes."""

    @abstractmethod
    def written(self, project: Project, sources: Mapping[str, bytes]) -> dict[str, bytes]:
        """Files that depend on the project, by their place in it; they take the place of sources.

        Args:
          project: to be exported.
          sources: content by place.
        """

    def readme(self, project: Project) -> bytes:
        """Out of the Markdown file beside the platform's own."""
        return filled((Path(__file__).parent / f"{self.name}.md").read_text(encoding="utf-8"), project, self.bundle)

    def files(self, root: Path) -> list[Path]:
        """The sources, in order of their names; none where they are not installed.

        Args:
          root: the folder `devices`.
        """
        folder = root / self.folder
        return sorted({file for pattern in self.patterns for file in folder.glob(pattern) if file.is_file()})

    def sources(self, root: Path) -> dict[str, bytes]:
        """The sources' content by their place in a project."""
        folder = root / self.folder
        return {self.place(file.relative_to(folder).as_posix()): file.read_bytes() for file in self.files(root)}


def replaced(sources: Mapping[str, bytes], place: str, old: str, new: str) -> bytes:
    """A source in which one piece of text, which must be there, has given way to another."""
    text = sources[place].decode("utf-8")
    assert old in text, f"{place}: {old!r} has gone"  # the sources are the kit's own
    return text.replace(old, new, 1).encode("utf-8")


def filled(text: str, project: Project, bundle: str) -> bytes:
    """A text with `{title}`, `{task}`, `{bundle}` and `{credits}` in it."""
    return text.format(title=project.title, task=project.task, bundle=bundle, credits=project.credits()).encode("utf-8")
