"""Fits a tagger, and keeps the best epoch's averaged weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.spec.tag import ColumnSpec
from edgernn.edge_runtime.tag.crf import Crf, independent
from edgernn.edge_runtime.tag.scores import figure_of
from edgernn.edge_runtime.tag.sentence import Sentence
from edgernn.train.listener import Listener
from edgernn.train.schedule import averaged, averaging, warm_cosine
from edgernn.train.tag.batches import Batches
from edgernn.train.tag.model import bare_model, training_network
from edgernn.train.tag.options import TagOptions
from edgernn.train.tag.prepare import Prepared, shown_of
from edgernn.train.tag.trainer import Trainer

_WARMUP_STEPS = 200
_CLIP = 5.0


@dataclass(frozen=True)
class Fitted:
    """A trained tagger.

    Attributes:
      model: Keras's layers alone.
      crfs: of the columns that have one.
      history: "loss" and each column's figure on the validation split (see `figure_of`) by epoch; the loss alone where
        that split has been learnt.
      best_epoch: the epoch that was kept, 1 or more.
    """

    model: Any
    crfs: dict[str, Crf]
    history: dict[str, list[float]]
    best_epoch: int


def fit(options: TagOptions, prepared: Prepared, vectors: npt.NDArray[np.float32] | None, listener: Listener) -> Fitted:
    """Trains for `options.epochs` passes.

    Args:
      options: model and training.
      prepared: sentences and lists.
      vectors: float32 [words + 2, size] to begin with, or None.
      listener: is told about batches and epochs.
    """
    keras.utils.set_random_seed(options.seed)
    shown = shown_of(prepared.splits, options)
    train = Batches(prepared, shown, options.batch_size, options.max_words, options.unknown, options.seed)
    trainer = Trainer(training_network(options, prepared, vectors), prepared.spec, prepared.labels)
    trainer.compile(_optimizer(options, len(train)))
    keeper = _Keeper(trainer, prepared, options, train, listener)
    trainer.fit(train, epochs=options.epochs, verbose=0, callbacks=[*averaged(options.average), keeper])
    trainer.set_weights(keeper.best)
    crfs = {c.name: trainer.crf(c.name) for c in prepared.spec.columns if c.kind == "crf"}
    return Fitted(bare_model(options, prepared, trainer.network), crfs, keeper.history, keeper.best_epoch)


def labels_found(
    network: Any, prepared: Prepared, crfs: dict[str, Crf], sentences: Sequence[Sentence], longest: int
) -> dict[str, list[list[str]]]:
    """A label a token by column, for each sentence; the first `longest` words of it.

    Columns of several labels have them joined by "|".
    """
    batches = Batches(prepared, sentences, 64, longest)
    found: dict[str, list[list[str]]] = {c.name: [[] for _ in sentences] for c in prepared.spec.columns}
    for number in range(len(batches)):
        (batch,) = batches[number]
        scores = network.predict_on_batch({tensor.name: batch[tensor.name] for tensor in network.inputs})
        lengths = batch["mask"].sum(axis=1).astype(int)
        for column in prepared.spec.columns:
            table = scores[column.output]
            for row, place in enumerate(batches.members(number)):
                found[column.name][place] = _best(table[row, : lengths[row]], column, prepared, crfs)
    return found


def figures(
    network: Any, prepared: Prepared, crfs: dict[str, Crf], sentences: Sequence[Sentence], longest: int
) -> dict[str, float]:
    """Each column's figure (see `figure_of`)."""
    found = labels_found(network, prepared, crfs, sentences, longest)
    return {
        c.name: figure_of(
            ((s.tags[c.name][:longest], labels) for s, labels in zip(sentences, found[c.name], strict=True)), c.scheme
        )
        for c in prepared.spec.columns
    }


def _best(scores: Any, column: ColumnSpec, prepared: Prepared, crfs: dict[str, Crf]) -> list[str]:
    labels = prepared.labels[column.name]
    if column.kind == "several":
        return ["|".join(sorted(labels[i] for i in np.flatnonzero(row > 0))) or "O" for row in scores]
    crf = crfs.get(column.name) or independent(len(labels))
    return [labels[i] for i in crf.best(scores)]


def _optimizer(options: TagOptions, batches: int) -> Any:
    schedule = warm_cosine(options.learning_rate, batches * options.epochs, _WARMUP_STEPS)
    return keras.optimizers.Adam(schedule, global_clipnorm=_CLIP, **averaging(options.average, batches))


class _Keeper(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures each epoch on the validation split, and keeps the best; where that split is learnt, the last one."""

    def __init__(
        self, trainer: Trainer, prepared: Prepared, options: TagOptions, batches: Batches, listener: Listener
    ) -> None:
        super().__init__()
        self._trainer, self._prepared, self._options = trainer, prepared, options
        self._batches, self._listener = batches, listener
        self.history: dict[str, list[float]] = {"loss": []}
        self.best: list[Any] = []
        self.best_epoch = 0
        self._best_figure = -1.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._batches.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tells."""
        self._listener.batch(batch + 1, len(self._batches))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measures, keeps and tells."""
        if hasattr(self._trainer, "jax_state_sync"):
            self._trainer.jax_state_sync()
        found = {} if self._options.use_validation else self._measured()
        figure = sum(found.values()) / len(found) if found else float(epoch)
        if figure > self._best_figure:
            self._best_figure, self.best, self.best_epoch = figure, self._trainer.get_weights(), epoch + 1
        told = {"loss": float((logs or {}).get("loss", float("nan"))), **found}
        for name, value in told.items():
            self.history.setdefault(name, []).append(value)
        self._listener.epoch(epoch + 1, told)

    def _measured(self) -> dict[str, float]:
        crfs = {c.name: self._trainer.crf(c.name) for c in self._prepared.spec.columns if c.kind == "crf"}
        sentences = self._prepared.splits["validation"]
        return figures(self._trainer.network, self._prepared, crfs, sentences, self._options.max_words)
