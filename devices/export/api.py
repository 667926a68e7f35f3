"""From a bundle to a project: read, check, collect, write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from edgernn.devices.export.folder import write_folder
from edgernn.devices.export.platforms import PLATFORMS, Platform, Project
from edgernn.edge_runtime.bundle import read_bundle
from edgernn.edge_runtime.errors import InputError

_DEVICES = Path(__file__).parent.parent
_MOST_TITLE = 60
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
      folder: of the project.
      platform: that it is for.
      files: number of files, the bundle among them.
      size: bytes of all of them.
      next_steps: commands that build it.
    """

    folder: Path
    platform: str
    files: int
    size: int
    next_steps: tuple[str, ...]


def export_app(
    bundle: Path, platform: str, folder: Path, *, title: str = "", name: str = "", force: bool = False
) -> Exported:
    """Writes a ready project with the bundle inside, whole or not at all.

    Args:
      bundle: a file from `edgernn convert`.
      platform: one of `PLATFORMS`.
      folder: to be made; it must not exist, or be empty.
      title: that people see; by default the file's name.
      name: of the project, for tools; by default made from the file's name.
      force: write into a folder that holds files: those of the same names are replaced, others stay.

    Returns:
      What was written.

    Raises:
      BundleError: the bundle is missing, damaged or not valid.
      InputError: the platform cannot run it, its sources are not installed, a name cannot be used, or the folder is
        not free.
    """
    kind = PLATFORMS[platform]
    checked = read_bundle(bundle)
    if obstacles := kind.obstacles(checked):
        raise InputError(f"{bundle}: cannot run on {platform}: {'; '.join(obstacles)}")
    stem = bundle.name.removesuffix(".tflite")
    project = Project(checked, _name(name or _slug(stem)), _title(title or stem))
    files = _files(kind, project)
    write_folder(folder, files, force=force)
    return Exported(folder, platform, len(files), sum(map(len, files.values())), kind.next_steps)


def _files(kind: Platform, project: Project) -> dict[str, bytes]:
    sources = kind.sources(_DEVICES)
    if not sources:
        raise InputError(
            f"--platform {kind.name}: its sources are not installed here: install the whole kit (pip install edgernn)"
        )
    # The bundle's bytes are those that were checked: what lies at its path may have changed.
    return {**sources, **kind.written(project, sources), kind.bundle: project.bundle.content}


def _slug(text: str) -> str:
    """A usable name out of any."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (plain if plain[:1].isalpha() else f"model-{plain}".rstrip("-"))[:63].rstrip("-")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise InputError(f"--name {text!r}: lower-case letters, digits and hyphens are allowed, a letter first")
    return text


def _title(text: str) -> str:
    if not text.strip() or len(text) > _MOST_TITLE or not text.isprintable():
        raise InputError(f"--title: 1 to {_MOST_TITLE} printable characters are allowed, not {text[:80]!r}")
    return text.strip()
