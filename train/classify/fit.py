"""Fits a classifier, and keeps the weights of its best epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt

from edgernn.train.classify.batches import Batches
from edgernn.train.classify.model import build_model
from edgernn.train.classify.options import ClassifyOptions

Sequences = Sequence[Sequence[int]]
Indices = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Fitted:
    """A trained model.

    Attributes:
      model: with the weights of its best epoch.
      history: figures of each epoch, by name.
      best_epoch: the epoch that was kept, 1 or more.
    """

    model: Any
    history: dict[str, list[float]]
    best_epoch: int


def fit(
    options: ClassifyOptions,
    vocabulary: int,
    labels: int,
    train: tuple[Sequences, Indices],
    validation: tuple[Sequences, Indices],
    listener: Progress,
) -> Fitted:
    """Trains until the validation loss no longer falls.

    Args:
      options: model and training.
      vocabulary: number of token ids.
      labels: number of labels.
      train: token ids and label index of each training example.
      validation: the same of the validation examples.
      listener: is told about batches and epochs.
    """
    keras.utils.set_random_seed(options.seed)
    model = build_model(options, vocabulary, labels)
    weights = example_weights(train[1], labels, options.balance)
    batches = Batches(*train, weights, options.batch_size, options.token_dropout, options.seed)
    held_out = Batches(*validation, np.ones(len(validation[1]), np.float32), 256, 0.0, options.seed)
    steps = len(batches) * options.epochs
    schedule = keras.optimizers.schedules.CosineDecay(options.learning_rate, steps, alpha=0.05)
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, clipnorm=1.0),
        loss=smoothed_crossentropy(labels, options.label_smoothing),
        metrics=["accuracy"],
    )
    stop = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=options.patience, restore_best_weights=True, start_from_epoch=0
    )
    result = model.fit(
        batches,
        validation_data=held_out,
        epochs=options.epochs,
        verbose=0,
        callbacks=[stop, _Tell(listener, len(batches))],
    )
    history = {name: [float(value) for value in values] for name, values in result.history.items()}
    return Fitted(_bare(model, options, vocabulary, labels), history, int(np.argmin(history["val_loss"])) + 1)


def _bare(model: Any, options: ClassifyOptions, vocabulary: int, labels: int) -> Any:
    """The same model without its optimizer, whose moments would make the file three times larger."""
    bare = build_model(options, vocabulary, labels)
    bare.set_weights(model.get_weights())
    return bare


class Progress(Protocol):
    """Is told how a fit goes."""

    def batch(self, done: int, total: int) -> None:
        """`done` of an epoch's `total` batches are done."""

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""


class _Tell(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self, listener: Progress, batches: int) -> None:
        super().__init__()
        self._listener, self._batches = listener, batches

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self._listener.batch(batch + 1, self._batches)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._listener.epoch(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})


def smoothed_crossentropy(labels: int, smoothing: float) -> Callable[[Any, Any], Any]:
    """Cross-entropy with a part of the target spread over all labels (Szegedy et al. 2016)."""

    def loss(truth: Any, predicted: Any) -> Any:
        target = keras.ops.one_hot(keras.ops.cast(keras.ops.reshape(truth, (-1,)), "int32"), labels)
        target = target * (1.0 - smoothing) + smoothing / labels
        return keras.losses.categorical_crossentropy(target, predicted)

    return loss


def example_weights(targets: Indices, labels: int, balance: float) -> npt.NDArray[np.float32]:
    """Weights with a mean of 1: rare classes count more, the more so the nearer `balance` is to 1."""
    counts = np.maximum(np.bincount(targets, minlength=labels), 1).astype(np.float64)
    weights = (counts.mean() / counts)[targets] ** balance
    return np.asarray(weights / weights.mean(), np.float32)
