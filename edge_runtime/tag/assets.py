"""Reads what a tagger's bundle, or the folder from its training, holds beside the network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.spec.tag import ColumnSpec, TagSpec
from edgernn.edge_runtime.tag.column import Column
from edgernn.edge_runtime.tag.crf import Crf, Scores, independent
from edgernn.edge_runtime.tag.features import Features


@dataclass(frozen=True)
class Assets:
    """Everything that stands between words and labels, but the network.

    Attributes:
      features: looks words up.
      columns: decode scores.
      abbreviations: words that keep the period behind them.
    """

    features: Features
    columns: tuple[Column, ...]
    abbreviations: frozenset[str]


def read_assets(task: TagSpec, files: Mapping[str, bytes], where: str) -> Assets:
    """Reads and checks them.

    Args:
      task: names them.
      files: content by name.
      where: file or folder, for the messages.

    Raises:
      BundleError: one is not what it should be.
    """
    characters = _text(files, task.characters.list, where) if task.characters else ""
    abbreviations = _lines(files, task.abbreviations, where) if task.abbreviations else []
    return Assets(
        Features(task, _lines(files, task.words.list, where), characters),
        tuple(_column(spec, files, where) for spec in task.columns),
        frozenset(abbreviations),
    )


def _column(spec: ColumnSpec, files: Mapping[str, bytes], where: str) -> Column:
    labels = tuple(_lines(files, spec.labels, where))
    if not all(labels) or len(set(labels)) < len(labels):
        raise BundleError(f"{where}: {spec.labels}: labels must be one or more, each once, none empty")
    crf = _crf(files[spec.crf], len(labels), f"{where}: {spec.crf}") if spec.crf else independent(len(labels))
    return Column(spec, labels, crf)


def _crf(data: bytes, labels: int, where: str) -> Crf:
    try:
        document = json.loads(data)
        parts = [np.array(document[name], np.float64) for name in ("transitions", "start", "end")]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BundleError(f"{where}: not the effects of labels on each other: {error}") from error
    if [part.shape for part in parts] != [(labels, labels), (labels,), (labels,)] or not all(map(_finite, parts)):
        raise BundleError(f"{where}: expected finite numbers for {labels} labels")
    return Crf(*parts)


def _finite(part: Scores) -> bool:
    return bool(np.isfinite(part).all())


def _lines(files: Mapping[str, bytes], name: str, where: str) -> list[str]:
    return _text(files, name, where).removesuffix("\n").split("\n")


def _text(files: Mapping[str, bytes], name: str, where: str) -> str:
    try:
        return files[name].decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: {name} is not UTF-8") from error
