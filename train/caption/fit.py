"""Fits a captioner, and keeps the moving average of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from edgernn.train.batching import BeginEpoch
from edgernn.train.caption.batches import Batches, Sight
from edgernn.train.caption.keeper import Keeper, Kept, Measured, restored
from edgernn.train.caption.model import ENCODER, STANDARD, Sizes, build_model
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.prepare import Prepared, Seen, statistics
from edgernn.train.caption.sight import Pictures
from edgernn.train.caption.trainer import Trainer, set_trained
from edgernn.train.listener import Listener
from edgernn.train.schedule import averaged, averaging, warm_cosine

_WARMUP_STEPS = 200
_CLIP = 1.0


@dataclass(frozen=True)
class Fitted:
    """A trained captioner.

    Attributes:
      model: of `build_model`, with the averaged weights of its best epoch.
      history: "loss", "perplexity", "chrf" and "chrf_error" by epoch: see `Kept`.
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
    file = checkpoint / "best.npz" if checkpoint is not None else None
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    kept = restored(file) if file is not None else Kept()
    for stage in _stages(options, seen):
        if len(kept.history["loss"]) < stage.last:
            trainer = Trainer(options, network, stage.sees_pictures)
            measured = Measured(
                trainer,
                prepared.tokenizer,
                seen.pictures["validation"],
                prepared.examples["validation"],
                stage.validation,
            )
            _run(options, stage, trainer, measured, prepared, listener, kept, file)
    network.set_weights(kept.weights)
    set_trained(network.get_layer(ENCODER), False)
    return Fitted(network, {k: v for k, v in kept.history.items() if v}, kept.epoch, kept.epoch > options.epochs)


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
    trainer: Trainer,
    measured: Measured,
    prepared: Prepared,
    listener: Listener,
    kept: Kept,
    file: Path | None,
) -> None:
    """Some epochs more, from the best so far."""
    if kept.weights:
        trainer.network.set_weights(kept.weights)
    batches = Batches(prepared.examples["train"], stage.train, options.batch_size, options.seed)
    trainer.compile(_optimizer(options, stage.learning_rate, len(batches), stage.last - stage.first))
    keeper = Keeper(trainer, measured, kept, listener, len(batches), file)
    callbacks: list[Any] = [BeginEpoch(batches), *averaged(options.average), keeper]
    if file is not None:
        folder = file.parent / f"training-{stage.name}"
        callbacks.insert(0, keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False))
    done = len(kept.history["loss"])
    # Keras would shuffle the batches again, from a state that no checkpoint keeps.
    trainer.fit(batches, initial_epoch=done, epochs=stage.last, shuffle=False, verbose=0, callbacks=callbacks)


def _optimizer(options: CaptionOptions, learning_rate: float, batches: int, epochs: int) -> Any:
    schedule = warm_cosine(learning_rate, batches * epochs, _WARMUP_STEPS)
    average = averaging(options.average, batches)
    return keras.optimizers.AdamW(schedule, weight_decay=options.weight_decay, global_clipnorm=_CLIP, **average)
