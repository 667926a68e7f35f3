"""The folder that a training leaves: it appears whole, and an earlier one is replaced only at the end."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.data import DataSpec
from edgernn.edge_runtime.spec.decode import encode

CONFIG, METRICS, MODEL = "config.json", "metrics.json", "model.keras"
CONFIG_VERSION = 1


@dataclass(frozen=True)
class Trained:
    """Where a training is, and its metrics (as in metrics.json)."""

    folder: Path
    metrics: dict[str, Any]


def check_target(folder: Path, checkpoint: Path | None = None) -> None:
    """Refuses, before any work is done, a name that could not be written at its end.

    Args:
      folder: to be written.
      checkpoint: folder of what an interrupted training needs, or None.

    Raises:
      InputError: a file, a folder with something else in it, or no parent folder; or the checkpoint's folder.
    """
    if not folder.resolve().parent.is_dir():
        raise InputError(f"--out {folder}: its parent folder does not exist")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"--out {folder}: is a file: name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise InputError(f"--out {folder}: holds other files: name a new folder, or one from an earlier training")
    if checkpoint is not None and checkpoint.resolve() == folder.resolve():
        raise InputError(f"--checkpoint {checkpoint}: must be another folder than --out")


@contextlib.contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yields a temporary folder beside `target`, and puts it in its place when the block ends without an error.

    Raises:
      InputError: see `check_target`; or the disk does not take it.
    """
    check_target(target)
    target = target.resolve()
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    except OSError as error:
        raise InputError(f"--out {target}: cannot be written: {error.strerror or error}") from error
    try:
        ready = work / "new"
        ready.mkdir()
        yield ready
        if target.exists():
            target.rename(work / "old")
        ready.rename(target)
    except OSError as error:
        raise InputError(f"--out {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write_config(folder: Path, task: Any, data: DataSpec, options: Any, metrics: dict[str, Any]) -> None:
    """Writes what a conversion reads of a training beside its model, and its metrics.

    Args:
      folder: of the training.
      task: the declaration that the bundle will carry.
      data: where the examples came from.
      options: of the training, a dataclass with a `seed`.
      metrics: of the training.
    """
    config = {
        "format_version": CONFIG_VERSION,
        "kit_version": importlib.metadata.version("edgernn"),
        "task": encode(task),
        "data": encode(data),
        "seed": options.seed,
        "options": asdict(options),
    }
    write_document(folder / CONFIG, config)
    write_document(folder / METRICS, metrics)


def write_document(path: Path, document: Any) -> None:
    """Writes JSON that people can read."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _is_ours(folder: Path) -> bool:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and "kit_version" in config
