"""Finds out what the user wants converted: a folder from `edgernn train`, or any Keras file."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.bare import BareSpec
from edgernn.edge_runtime.spec.data import DataSpec
from edgernn.edge_runtime.spec.decode import decode
from edgernn.edge_runtime.spec.manifest import decode_task
from edgernn.edge_runtime.spec.tasks import TaskSpec

CONFIG_VERSION = 1
_SUFFIXES = (".keras", ".h5", ".hdf5")


@dataclass(frozen=True)
class TrainingConfig:
    """`config.json` of a folder that `edgernn train` wrote.

    Attributes:
      format_version: of this file.
      kit_version: version of the kit that trained.
      task: pre- and post-processing, as the bundle will say it.
      data: what it was trained on.
      seed: of the split, the weights and the order of examples.
      options: everything else that was chosen for the training, for people.
    """

    format_version: int
    kit_version: str
    task: object
    data: DataSpec
    seed: int
    options: object


@dataclass(frozen=True)
class Source:
    """What is to be converted.

    Attributes:
      model: path of the Keras file.
      folder: from `edgernn train`, or None for a bare Keras file.
      task: the task's declaration.
      data: what it was trained on, or None.
    """

    model: Path
    folder: Path | None
    task: TaskSpec
    data: DataSpec | None

    @property
    def path(self) -> Path:
        """What the user named: the folder or the file."""
        return (self.folder or self.model).resolve()


def read_source(path: str | os.PathLike[str]) -> Source:
    """Reads a folder's configuration, or takes a Keras file as it is.

    Raises:
      InputError: neither; the message says what was expected.
    """
    place = Path(path)
    if place.is_dir():
        return _read_folder(place)
    if not place.exists():
        raise InputError(f"{place}: no such file or folder")
    if place.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{place}: expected a Keras file ({', '.join(_SUFFIXES)}) or a folder from edgernn train")
    return Source(place, None, BareSpec(), None)


def _read_folder(folder: Path) -> Source:
    missing = [name for name in ("config.json", "model.keras") if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{folder}: {' and '.join(missing)} missing: not a folder from edgernn train, or unfinished")
    config = _read_config(folder / "config.json")
    faults: list[str] = []
    task = decode_task(config.task, faults)
    if task is None:
        raise InputError(f"{folder / 'config.json'}: {'; '.join(faults)}")
    absent = [name for name in task.assets() if not (folder / name).is_file()]
    if absent:
        raise InputError(f"{folder}: {', '.join(absent)} missing: train again")
    return Source(folder / "model.keras", folder, task, config.data)


def _read_config(path: Path) -> TrainingConfig:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read as JSON: {error}") from error
    faults: list[str] = []
    config = decode(TrainingConfig, document, "", faults)
    if config is None:
        raise InputError(f"{path}: {'; '.join(faults)}")
    if config.format_version > CONFIG_VERSION:
        raise InputError(f"{path}: format {config.format_version} is newer than this kit reads ({CONFIG_VERSION})")
    return config
