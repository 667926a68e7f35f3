"""The best epoch of a training on disk, beside a checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_EPOCH = "best_epoch"


@dataclass(frozen=True)
class Best:
    """What is kept.

    Attributes:
      weights: of the best epoch.
      epoch: the best, 1 or more.
      history: figures of all epochs so far by name.
    """

    weights: list[npt.NDArray[Any]]
    epoch: int
    history: dict[str, list[float]]


def write_best(file: Path, weights: Sequence[Any], epoch: int, history: Mapping[str, Sequence[float]]) -> None:
    """Writes what `read_best` reads, whole or not at all."""
    part = file.with_suffix(".part.npz")
    arrays: dict[str, Any] = {f"weight_{number}": array for number, array in enumerate(weights)}
    arrays |= {_EPOCH: np.array(epoch), **{name: np.array(values) for name, values in history.items()}}
    np.savez(part, **arrays)
    part.replace(file)


def read_best(file: Path, names: Iterable[str]) -> Best | None:
    """What was kept; None where there is no such file.

    Args:
      file: from `write_best`.
      names: of the history's figures.
    """
    if not file.exists():
        return None
    with np.load(file, allow_pickle=False) as saved:
        history = {name: [float(value) for value in saved[name]] for name in names}
        weights = [saved[f"weight_{number}"] for number in range(len(saved.files) - len(history) - 1)]
        return Best(weights, int(saved[_EPOCH]), history)
