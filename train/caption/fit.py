"""Fits a captioner, and keeps the moving average of its weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from edgernn.train.caption.batches import Batches, Example, Sight
from edgernn.train.caption.model import ENCODER, STANDARD, Sizes, build_model
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.prepare import Prepared, Seen, statistics
from edgernn.train.caption.sight import Pictures
from edgernn.train.caption.tokenizer import PAD_ID
from edgernn.train.caption.trainer import Trainer, set_trained
from edgernn.train.listener import Listener
from edgernn.train.lm.fit import Keeper
from edgernn.train.schedule import averaging, warm_cosine

_WARMUP_STEPS = 200
_CLIP = 1.0
_MEASURED_TOGETHER = 64


@dataclass(frozen=True)
class Fitted:
    """A trained captioner.

    Attributes:
      model: of `build_model`, with the averaged weights of its best epoch.
      history: "loss" (with all that regularizes) and "perplexity" (a token, of the validation split) by epoch.
      best_epoch: the epoch that was kept, 1 or more.
      tuned: whether its convolutional network is another than the one that features are kept of.
    """

    model: Any
    history: dict[str, list[float]]
    best_epoch: int
    tuned: bool


@dataclass(frozen=True)
class _Stage:
    """Some epochs.

    Attributes:
      name: of its checkpoint.
      first: epochs that are done before it.
      last: epoch at whose end it ends.
      train: what is seen in training.
      validation: what is seen in measuring.
      sees_pictures: whether the convolutional network is trained too.
      learning_rate: the greatest.
    """

    name: str
    first: int
    last: int
    train: Sight
    validation: Sight
    sees_pictures: bool
    learning_rate: float


def fit(
    options: CaptionOptions, seen: Seen, prepared: Prepared, listener: Listener, checkpoint: Path | None = None
) -> Fitted:
    """Trains for `options.epochs` passes over the captions with kept features, then `fine_tune` with pictures.

    Args:
      options: model and training.
      seen: pictures and features.
      prepared: captions and tokenizer.
      listener: is told about batches and epochs.
      checkpoint: folder from which an interrupted training goes on, and where it leaves what it needs for that.
    """
    keras.utils.set_random_seed(options.seed)
    places, channels = seen.encoder.shape
    network = build_model(options, Sizes(prepared.tokenizer.get_vocab_size(), places, channels), seen.encoder.model)
    network.get_layer(ENCODER).get_layer(STANDARD).set_weights(list(statistics(seen)))
    keeper: Keeper | None = None
    for stage in _stages(options, seen):
        keeper = _run(options, stage, network, prepared, listener, checkpoint, keeper)
    assert keeper is not None
    network.set_weights(keeper.best_weights)
    set_trained(network.get_layer(ENCODER), False)
    return Fitted(network, keeper.history, keeper.best_epoch, keeper.best_epoch > options.epochs)


class Measured:
    """Measures the loss on captions under a network's weights.

    Args:
      trainer: whose network it is.
      examples: the captions.
      sight: gives what is seen.
    """

    def __init__(self, trainer: Trainer, examples: Sequence[Example], sight: Sight) -> None:
        self._trainer, self._batches = trainer, Batches(examples, sight, _MEASURED_TOGETHER)

    def loss(self, weights: Any = None) -> float:
        """Nats a token, the caption's end included.

        Args:
          weights: of the network; None: as they are.
        """
        if weights is not None:
            self._trainer.network.set_weights(weights)
        total = tokens = 0.0
        for number in range(len(self._batches)):
            (batch,) = self._batches[number]
            real = float((batch[2] != PAD_ID).sum())
            found = self._trainer.predict_on_batch(batch)
            total += float(self._trainer.compute_loss(batch, y_pred=found, training=False)) * real
            tokens += real
        return total / tokens


def _stages(options: CaptionOptions, seen: Seen) -> list[_Stage]:
    kept = _Stage(
        "kept",
        0,
        options.epochs,
        seen.features("train", options.copies),
        seen.features("validation"),
        False,
        options.learning_rate,
    )
    if not options.fine_tune:
        return [kept]
    rule = seen.encoder.picture
    tuned = _Stage(
        "tuned",
        options.epochs,
        options.epochs + options.fine_tune,
        Pictures(seen.paths("train"), rule, copies=options.copies > 0),
        Pictures(seen.paths("validation"), rule),
        True,
        options.fine_tune_rate,
    )
    return [kept, tuned]


def _run(
    options: CaptionOptions,
    stage: _Stage,
    network: Any,
    prepared: Prepared,
    listener: Listener,
    checkpoint: Path | None,
    before: Keeper | None,
) -> Keeper:
    """Some epochs more; what is kept is the best epoch of these and those before."""
    if before is not None:
        network.set_weights(before.best_weights)
    trainer = Trainer(options, network, stage.sees_pictures)
    batches = Batches(prepared.examples["train"], stage.train, options.batch_size, options.seed)
    trainer.compile(_optimizer(options, stage.learning_rate, len(batches), stage.last - stage.first))
    measured: Any = Measured(trainer, prepared.examples["validation"], stage.validation)
    keeper = Keeper(trainer, measured, listener, len(batches), checkpoint)
    if before is not None and checkpoint is None:
        keeper.history, keeper.best_epoch, keeper.best_weights = before.history, before.best_epoch, before.best_weights
    callbacks: list[Any] = [_Begin(batches), *_averaging(options), keeper]
    if checkpoint is not None:
        folder = checkpoint / f"training-{stage.name}"
        callbacks.insert(0, keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False))
    done = len(keeper.history["loss"])
    if done < stage.last:
        # Keras would shuffle the batches again, from a state that no checkpoint keeps.
        trainer.fit(batches, initial_epoch=done, epochs=stage.last, shuffle=False, verbose=0, callbacks=callbacks)
    return keeper


def _optimizer(options: CaptionOptions, learning_rate: float, batches: int, epochs: int) -> Any:
    schedule = warm_cosine(learning_rate, batches * epochs, _WARMUP_STEPS)
    average = averaging(options.average, batches)
    return keras.optimizers.AdamW(schedule, weight_decay=options.weight_decay, global_clipnorm=_CLIP, **average)


def _averaging(options: CaptionOptions) -> list[Any]:
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if options.average else []


class _Begin(keras.callbacks.Callback):  # type: ignore[misc]
    """Every epoch has its own order and copies."""

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._batches.begin_epoch(epoch)
