"""Fits a translator, and keeps the moving average of its weights."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from edgernn.train.batching import BeginEpoch
from edgernn.train.listener import Listener
from edgernn.train.lm.fit import Keeper
from edgernn.train.schedule import averaged, averaging, warm_cosine
from edgernn.train.translate.batches import Batches
from edgernn.train.translate.model import Sizes, bare_model, build_model
from edgernn.train.translate.options import TranslateOptions
from edgernn.train.translate.prepare import Example, Prepared
from edgernn.train.translate.tokenizer import PAD_ID
from edgernn.train.translate.trainer import Trainer

_WARMUP_STEPS = 400
_CLIP = 1.0
# Of Vaswani et al. 2017: the gradient's square changes faster than Adam's usual 0.999 would follow.
_BETA_2 = 0.98


@dataclass(frozen=True)
class Fitted:
    """A trained translator.

    Attributes:
      model: of `build_model`, float32, with the averaged weights of its best epoch.
      history: "loss" (of the smoothed labels) and "perplexity" (a token, of the validation split) by epoch.
      best_epoch: the epoch that was kept, 1 or more.
    """

    model: Any
    history: dict[str, list[float]]
    best_epoch: int


def fit(options: TranslateOptions, prepared: Prepared, listener: Listener, checkpoint: Path | None = None) -> Fitted:
    """Trains for `options.epochs` passes.

    Args:
      options: model and training.
      prepared: pairs and tokenizers.
      listener: is told about batches and epochs.
      checkpoint: folder from which an interrupted training goes on, and where it leaves what it needs for that.
    """
    keras.utils.set_random_seed(options.seed)
    sizes = Sizes(prepared.source.get_vocab_size(), prepared.target.get_vocab_size())
    batches = Batches(prepared.examples["train"], options.batch_tokens, options.seed)
    with precision(options.precision):
        trainer = Trainer(options, build_model(options, sizes))
    trainer.compile(_optimizer(options, len(batches)))
    measured: Any = Measured(trainer, prepared.examples["validation"], options.batch_tokens)
    keeper = Keeper(trainer, measured, listener, len(batches), checkpoint)
    callbacks = [BeginEpoch(batches), *averaged(options.average), keeper]
    if checkpoint is not None:
        callbacks.insert(0, keras.callbacks.BackupAndRestore(checkpoint / "training", delete_checkpoint=False))
    done = len(keeper.history["loss"])
    if done < options.epochs:
        # Keras would shuffle the batches again, from a state that no checkpoint keeps.
        trainer.fit(batches, initial_epoch=done, epochs=options.epochs, shuffle=False, verbose=0, callbacks=callbacks)
    trainer.network.set_weights(keeper.best_weights)
    return Fitted(bare_model(options, sizes, trainer.network), keeper.history, keeper.best_epoch)


class Measured:
    """Measures the loss on pairs under a network's weights.

    Args:
      trainer: whose network it is.
      examples: the pairs.
      tokens: of a batch.
    """

    def __init__(self, trainer: Trainer, examples: Sequence[Example], tokens: int) -> None:
        self._trainer, self._batches = trainer, Batches(examples, tokens)

    def loss(self, weights: Any = None) -> float:
        """Nats a token, the sentence's end included.

        Args:
          weights: of the network; None: as they are.
        """
        if weights is not None:
            self._trainer.network.set_weights(weights)
        total = tokens = 0.0
        for number in range(len(self._batches)):
            (batch,) = self._batches[number]
            real = float((batch[2] != PAD_ID).sum())
            loss = self._trainer.compute_loss(batch, y_pred=self._logits(batch), training=False)
            total, tokens = total + float(loss) * real, tokens + real
        return total / tokens

    def _logits(self, batch: Any) -> Any:
        return self._trainer.predict_on_batch(batch)


@contextlib.contextmanager
def precision(name: str) -> Iterator[None]:
    """What is built within the block multiplies in this precision; variables stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32" if name == "float32" else f"mixed_{name}")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _optimizer(options: TranslateOptions, batches: int) -> Any:
    schedule = warm_cosine(options.learning_rate, batches * options.epochs, _WARMUP_STEPS)
    return keras.optimizers.Adam(schedule, beta_2=_BETA_2, global_clipnorm=_CLIP, **averaging(options.average, batches))
