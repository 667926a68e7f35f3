"""Word vectors that were made elsewhere, such as GloVe's (Pennington et al. 2014)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples.source import locate

_MOST = 5_000_000


@dataclass(frozen=True)
class Vectors:
    """Words, the most frequent first, and their vectors.

    Attributes:
      words: each once.
      table: float32 [words, size].
    """

    words: Sequence[str]
    table: npt.NDArray[np.float32]

    def folded(self, key: Callable[[str], str]) -> Vectors:
        """Of the words that are looked up alike ("1996" and "2003" as "0000") one, with the mean of their vectors.

        Args:
          key: a word as it is looked up.
        """
        places: dict[str, int] = {}
        owners = np.array([places.setdefault(key(word), len(places)) for word in self.words], np.intp)
        sums = np.stack([np.bincount(owners, column) for column in self.table.T], axis=1)
        return Vectors(tuple(places), (sums / np.bincount(owners)[:, None]).astype(np.float32))

    def rows(self, words: Sequence[str], random: np.random.Generator) -> npt.NDArray[np.float32]:
        """A row for each word, drawn at random within the vectors' range where there is none."""
        size = self.table.shape[1]
        edge = np.sqrt(3.0 / size)
        rows = random.uniform(-edge, edge, (len(words), size)).astype(np.float32)
        places = {word: number for number, word in enumerate(self.words)}
        for number, word in enumerate(words):
            place = places.get(word)
            if place is not None:
                rows[number] = self.table[place]
        return rows


def read_vectors(name_or_path: str) -> Vectors:
    """Reads a text file of a word and its numbers a line, between blanks; word2vec's first line is left out.

    Raises:
      InputError: there is no such file, or a line is faulty.
    """
    path: Path = locate(name_or_path).path
    words: dict[str, None] = {}
    rows: list[npt.NDArray[np.float32]] = []
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            for number, line in enumerate(file, 1):
                word, _, numbers = line.rstrip("\n").partition(" ")
                row = np.array(numbers.split(), np.float32)
                if number == 1 and len(row) == 1:
                    continue
                if len(row) < 2 or (rows and len(row) != len(rows[0])) or not np.isfinite(row).all():
                    raise InputError(f"{path} line {number}: {len(row)} numbers: expected a word and its vector")
                if word not in words and len(words) < _MOST:
                    words[word] = None
                    rows.append(row)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a file of word vectors ({error})") from error
    if not rows:
        raise InputError(f"{path}: holds no word vectors")
    return Vectors(tuple(words), np.stack(rows))
