"""Measures each epoch of a training, and keeps the best one's weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.examples.references import as_streams
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.train.best import read_best, write_best
from edgernn.train.caption.batches import Batches, Example, Sight
from edgernn.train.caption.decode import greedy_of_features, texts_of
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.tokenizer import PAD_ID
from edgernn.train.caption.trainer import Trainer
from edgernn.train.listener import Listener

_TOGETHER = 64
# More pictures tell no more.
MEASURED = 1000


@dataclass
class Kept:
    """The best epoch so far.

    Attributes:
      history: "loss" (with all that regularizes), "perplexity" (a token, of the validation split) and "chrf" (0 to 1,
        of captions by the likeliest tokens; missing without sacrebleu) by epoch.
      weights: of the best epoch.
      epoch: the best, 1 or more; 0 before the first.
    """

    history: dict[str, list[float]] = field(default_factory=lambda: {"loss": [], "perplexity": [], "chrf": []})
    weights: list[npt.NDArray[Any]] = field(default_factory=list)
    epoch: int = 0

    def add(self, figures: dict[str, float], weights: list[npt.NDArray[Any]]) -> None:
        """The next epoch. The best is that of the highest chrF; without captions, of the lowest perplexity.

        Perplexity rises long before captions become worse: a network that is surer of its words than it should be
        says no others for that.
        """
        name, sign = ("chrf", 1.0) if "chrf" in figures else ("perplexity", -1.0)
        if not self.history[name] or sign * figures[name] >= max(sign * one for one in self.history[name]):
            self.weights, self.epoch = weights, len(self.history["loss"]) + 1
        for key, value in figures.items():
            self.history[key].append(value)

    def save(self, file: Path) -> None:
        """Writes all of it, whole or not at all."""
        write_best(file, self.weights, self.epoch, self.history)


def restored(file: Path) -> Kept:
    """What `Kept.save` has written; nothing where there is no such file."""
    best = read_best(file, Kept().history)
    return Kept(best.history, best.weights, best.epoch) if best is not None else Kept()


class Measured:
    """Measures a network on captioned pictures.

    Args:
      trainer: whose network it is.
      tokenizer: of the captions.
      pictures: the references.
      examples: the same as ids; `Example.picture` counts the pictures.
      sight: gives what the trainer sees.
    """

    def __init__(
        self,
        trainer: Trainer,
        tokenizer: Any,
        pictures: Sequence[CaptionedPicture],
        examples: Sequence[Example],
        sight: Sight,
    ) -> None:
        self._trainer, self._tokenizer = trainer, tokenizer
        self._places = evenly(len(pictures), MEASURED)
        self._references = [list(pictures[place].captions) for place in self._places]
        among = {place: number for number, place in enumerate(self._places)}
        self._examples = [Example(among[one.picture], one.ids) for one in examples if one.picture in among]
        self._sight = sight

    def figures(self) -> dict[str, float]:
        """The figures by name: "perplexity", and "chrf" where sacrebleu is installed."""
        # Once a picture, not once a caption and once more to say one.
        features = self._features()
        found = {"perplexity": math.exp(min(self._nats(features), 700.0))}
        if has_module("sacrebleu"):
            found["chrf"] = self._chrf(features)
        return found

    def _nats(self, features: npt.NDArray[np.float32]) -> float:
        """A token, the caption's end included."""
        batches = Batches(self._examples, lambda numbers, _: features[list(numbers)], _TOGETHER)
        total = tokens = 0.0
        for number in range(len(batches)):
            (batch,) = batches[number]
            real = float((batch[2] != PAD_ID).sum())
            found = self._trainer.read(*batch[:2])
            total += float(self._trainer.compute_loss(batch, y_pred=found, training=False)) * real
            tokens += real
        return total / tokens

    def _chrf(self, features: npt.NDArray[np.float32]) -> float:
        from sacrebleu.metrics import CHRF

        options: CaptionOptions = self._trainer.options
        said = texts_of(self._tokenizer, greedy_of_features(self._trainer.network, options, features), options.level)
        return float(CHRF().corpus_score(said, as_streams(self._references)).score) / 100.0

    def _features(self) -> npt.NDArray[np.float32]:
        blocks = [self._places[start : start + _TOGETHER] for start in range(0, len(self._places), _TOGETHER)]
        return np.concatenate([self._trainer.features(self._sight(block, None)) for block in blocks])


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures each epoch's averaged weights, and keeps the best; beside a checkpoint also on disk.

    Args:
      trainer: that is trained.
      measured: measures its network.
      kept: what is kept so far; is added to.
      listener: is told about batches and epochs.
      batches: of an epoch.
      file: of what is kept, or None.
    """

    def __init__(
        self, trainer: Trainer, measured: Measured, kept: Kept, listener: Listener, batches: int, file: Path | None
    ) -> None:
        super().__init__()
        self._trainer, self._measured, self._kept = trainer, measured, kept
        self._listener, self._batches, self._file = listener, batches, file

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tells."""
        self._listener.batch(batch + 1, self._batches)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measures, keeps and tells."""
        self._trainer.sync()
        figures = {"loss": float((logs or {}).get("loss", math.nan)), **self._measured.figures()}
        self._kept.add(figures, self._trainer.network.get_weights())
        if self._file is not None:
            self._kept.save(self._file)
        self._listener.epoch(epoch + 1, figures)
