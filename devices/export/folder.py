"""Folders of files that appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from edgernn.edge_runtime.errors import InputError


def write_folder(folder: Path, files: Mapping[str, bytes], *, force: bool = False) -> None:
    """Writes files into a new folder.

    All of them are written beside the folder first, so that a full disk leaves nothing behind.

    Args:
      folder: must not exist, or be empty.
      files: content by relative path, with slashes.
      force: a folder that holds files will do: those of the same names are replaced, others stay.

    Raises:
      InputError: the folder is not free, its parent does not exist, or it cannot be written.
    """
    is_new = _check(folder, force)
    try:
        staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror or error}") from error
    try:
        _write(staged / "new", files)
        if is_new:
            _take_place(staged / "new", folder)
        else:
            _replace(staged, folder, list(files))
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _check(folder: Path, force: bool) -> bool:
    """Whether the folder is new, or empty."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file: choose another folder")
    if not folder.absolute().parent.is_dir():
        raise InputError(f"{folder.absolute().parent}: no such folder: make it first")
    if not folder.exists() or not any(folder.iterdir()):
        return True
    if not force:
        raise InputError(f"{folder}: is not empty: choose another folder, or give --force to write into it")
    return False


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    # Made here, and not by mkdtemp, whose folders nobody else may read.
    folder.mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _take_place(staged: Path, folder: Path) -> None:
    if folder.is_symlink():
        folder = folder.resolve()
    if folder.exists():
        folder.rmdir()
    staged.rename(folder)


def _replace(staged: Path, folder: Path, names: list[str]) -> None:
    """Moves each file to its place; on a failure those that lay there come back."""
    new, old = staged / "new", staged / "old"
    made = {parent for name in names for parent in (folder / name).parents if not parent.exists()}
    done: list[str] = []
    try:
        for name in names:
            done.append(name)
            _move_aside(folder / name, old / name)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).rename(folder / name)
    except OSError:
        for name in reversed(done):
            _put_back(folder / name, old / name, was_new=not (new / name).exists())
        for parent in sorted(made, reverse=True):
            if parent.exists():
                parent.rmdir()
        raise


def _move_aside(file: Path, kept: Path) -> None:
    if file.exists() or file.is_symlink():
        kept.parent.mkdir(parents=True, exist_ok=True)
        file.rename(kept)


def _put_back(file: Path, kept: Path, *, was_new: bool) -> None:
    if was_new:
        file.unlink(missing_ok=True)
    if kept.exists() or kept.is_symlink():
        kept.rename(file)
