"""A sentence whose words arrive one by one, each labelled by what came before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.engines import Array
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.session import Session
from edgernn.edge_runtime.tag.column import Answer, Column
from edgernn.edge_runtime.tag.crf import Scores, softmax
from edgernn.edge_runtime.tag.outcome import Token
from edgernn.edge_runtime.tag.tokens import tokens_of, words_between_blanks

if TYPE_CHECKING:
    from edgernn.edge_runtime.tasks.tag import SequenceTagger

# In a snapshot, beside the network's states: the sums over all beginnings by column, and where the next word begins.
_SUMS, _PLACE = "sums_", "place"


class TagSession:
    """One sentence, growing. It keeps a few numbers a column, however long it becomes.

    A label is the most probable one after the words so far; later words do not change it. `SequenceTagger.tag`
    on the whole sentence may decide otherwise, because it knows what follows.

    Args:
      model: that labels; sessions share it.
      states: the network's own session.
    """

    def __init__(self, model: SequenceTagger, states: Session) -> None:
        self._model, self._states = model, states
        self._sums: dict[str, Scores] = {}
        self._place = 0

    def step(self, word: str) -> Token:
        """Takes the next word, as it is, and labels it.

        Args:
          word: not empty.

        Returns:
          The word with its labels; its offsets are those in the sentence with single blanks between the words.

        Raises:
          InputError: not a text, or empty. The session is then as before.
        """
        words = words_between_blanks([word], self._place)
        outputs = self._states.step(self._model.inputs([word]))
        answers = {
            name: self._answer(column, outputs[column.spec.output][0]) for name, column in self._model.columns.items()
        }
        self._place = words[0].end + 1
        return next(tokens_of(words, answers, self._model.task.main_column))

    def reset(self) -> None:
        """A new sentence begins."""
        self._states.reset()
        self._sums, self._place = {}, 0

    def snapshot(self) -> dict[str, Array]:
        """Plain arrays, which `numpy.savez` keeps and any device restores."""
        sums = {_SUMS + name: np.array(values) for name, values in self._sums.items()}
        return {**self._states.snapshot(), **sums, _PLACE: np.array(self._place)}

    def restore(self, snapshot: Mapping[str, npt.ArrayLike]) -> None:
        """Goes on from a snapshot.

        Raises:
          InputError: it is another model's, or no snapshot at all. The session is then as before.
        """
        own = {name: value for name, value in snapshot.items() if name == _PLACE or name.startswith(_SUMS)}
        sums: dict[str, Scores] = {
            name.removeprefix(_SUMS): np.array(v, np.float64) for name, v in own.items() if name != _PLACE
        }
        columns = self._model.columns
        known = all(name in columns and sums[name].shape == (len(columns[name].labels),) for name in sums)
        place = np.asarray(own.get(_PLACE, -1))
        if not known or place.shape or place.dtype.kind not in "iu" or place < 0:
            raise InputError("not a snapshot of a tagging session")
        self._states.restore({name: value for name, value in snapshot.items() if name not in own})
        self._sums, self._place = sums, int(place)

    def fork(self) -> TagSession:
        """A session of its own that goes on from the same words."""
        other = self._model.session()
        other.restore(self.snapshot())
        return other

    def _answer(self, column: Column, scores: Scores) -> Answer:
        if column.spec.kind == "several":
            return column.answer(scores)
        sums = column.crf.onward(self._sums.get(column.spec.name), scores[0])
        # What is common to all labels says nothing, and would grow without end.
        self._sums[column.spec.name] = sums - sums.max()
        shares = softmax(sums)
        best = int(shares.argmax())
        return Answer([column.labels[best]], [float(shares[best])], [float(shares[best])], [])
