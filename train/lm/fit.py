"""Fits a language model by truncated back-propagation, and keeps the moving average of its weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras

from edgernn.edge_runtime.lm.measure import STREAMS, WINDOW, Ids, streams_of
from edgernn.train.best import read_best, write_best
from edgernn.train.listener import Listener
from edgernn.train.lm.batches import Windows
from edgernn.train.lm.model import bare_model, training_network
from edgernn.train.lm.options import LmOptions
from edgernn.train.lm.trainer import Trainer
from edgernn.train.schedule import averaged, averaging, warm_cosine

_WARMUP_STEPS = 500
_SGD_CLIP, _ADAM_CLIP = 0.25, 1.0


@dataclass(frozen=True)
class Fitted:
    """A trained model.

    Attributes:
      network: that was trained, with the averaged weights of its best epoch.
      model: from `build_model`, with the same.
      history: "loss" (estimated where the softmax is sampled) and "perplexity" (of the validation split) by epoch.
      best_epoch: the epoch that was kept, 1 or more.
    """

    network: Any
    model: Any
    history: dict[str, list[float]]
    best_epoch: int


def fit(
    options: LmOptions,
    vocabulary: int,
    train: Ids,
    validation: Ids,
    listener: Listener,
    checkpoint: Path | None = None,
) -> Fitted:
    """Trains for `options.epochs` passes.

    Args:
      options: model and training.
      vocabulary: number of tokens, the most frequent first.
      train: ids of the training split.
      validation: ids of the validation split, by which the best epoch is chosen.
      listener: is told about batches and epochs.
      checkpoint: folder from which an interrupted training goes on, and where it leaves what it needs for that.
    """
    keras.utils.set_random_seed(options.seed)
    head = options.head if options.samples and options.head + options.samples < vocabulary else 0
    batch_size = streams_of(len(train), options.batch_size, options.steps)
    tail = (head, vocabulary) if head else (0, 0)
    windows = Windows(train, batch_size, options.steps, tail, options.samples, options.seed)
    trainer = Trainer(training_network(options, vocabulary, batch_size), head)
    trainer.compile(_optimizer(options, len(windows)))
    keeper = Keeper(trainer, Measured(options, vocabulary, validation), listener, len(windows), checkpoint)
    callbacks = [_Begin(trainer, windows, options.reset), *averaged(options.average), keeper]
    if checkpoint is not None:
        callbacks.insert(0, keras.callbacks.BackupAndRestore(checkpoint / "training", delete_checkpoint=False))
    sampled = options.epochs - min(options.full_epochs, options.epochs) if head else options.epochs
    for last in sorted({sampled, options.epochs}):
        done = len(keeper.history["loss"])
        if done < last:
            trainer.sample(last <= sampled)
            # In the text's order: the states are carried from window to window.
            trainer.fit(windows, initial_epoch=done, epochs=last, verbose=0, callbacks=callbacks, shuffle=False)
    trainer.network.set_weights(keeper.best_weights)
    return Fitted(trainer.network, bare_model(options, vocabulary, trainer.network), keeper.history, keeper.best_epoch)


class Measured:
    """Measures the loss on a text under a network's weights, over the whole vocabulary.

    Args:
      options: the model.
      vocabulary: number of tokens.
      ids: the text.
    """

    def __init__(self, options: LmOptions, vocabulary: int, ids: Ids) -> None:
        options = replace(options, dropout=0.0, recurrent_dropout=0.0, word_dropout=0.0)
        streams = streams_of(len(ids), STREAMS, WINDOW)
        self._trainer = Trainer(training_network(options, vocabulary, streams))
        self._trainer.compile()
        self._windows = Windows(ids, streams, WINDOW)

    def loss(self, weights: Any) -> float:
        """Nats a token, with the states carried from each stream's beginning to its end.

        Args:
          weights: of a training network.
        """
        self._trainer.network.set_weights(weights)
        self._trainer.begin()
        return float(self._trainer.evaluate(self._windows, verbose=0)) * self._windows.padded


def _optimizer(options: LmOptions, batches: int) -> Any:
    steps = batches * options.epochs
    schedule = warm_cosine(options.learning_rate, steps, _WARMUP_STEPS)
    average = averaging(options.average, batches)
    if options.optimizer == "sgd":
        return keras.optimizers.SGD(schedule, global_clipnorm=_SGD_CLIP, **average)
    return keras.optimizers.AdamW(schedule, weight_decay=options.weight_decay, global_clipnorm=_ADAM_CLIP, **average)


class _Begin(keras.callbacks.Callback):  # type: ignore[misc]
    """Every epoch begins at the text's beginning, without a past; and so does every `reset`-th batch."""

    def __init__(self, trainer: Any, windows: Windows, reset: int) -> None:
        super().__init__()
        self._trainer, self._windows, self._reset = trainer, windows, reset

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._trainer.begin()
        self._windows.begin_epoch()

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self._reset and batch and batch % self._reset == 0:
            self._trainer.begin()


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures each epoch's averaged weights, and keeps the best; beside a checkpoint also on disk."""

    def __init__(
        self, trainer: Any, measured: Measured, listener: Listener, batches: int, checkpoint: Path | None
    ) -> None:
        super().__init__()
        self._trainer, self._measured, self._listener, self._batches = trainer, measured, listener, batches
        self._file = checkpoint / "best.npz" if checkpoint is not None else None
        self.history: dict[str, list[float]] = {"loss": [], "perplexity": []}
        self.best_weights: list[Any] = []
        self.best_epoch = 0
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if best := read_best(self._file, self.history):
                self.best_weights, self.best_epoch, self.history = best.weights, best.epoch, best.history

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tells."""
        self._listener.batch(batch + 1, self._batches)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measures, keeps and tells."""
        self._trainer.sync()
        weights = self._trainer.network.get_weights()
        perplexity = math.exp(min(self._measured.loss(weights), 700.0))
        loss = float((logs or {}).get("loss", math.nan))
        if not self.history["perplexity"] or perplexity < min(self.history["perplexity"]):
            self.best_weights, self.best_epoch = weights, epoch + 1
        self.history["loss"].append(loss)
        self.history["perplexity"].append(perplexity)
        if self._file is not None:
            write_best(self._file, self.best_weights, self.best_epoch, self.history)
        self._listener.epoch(epoch + 1, {"loss": loss, "perplexity": perplexity})
