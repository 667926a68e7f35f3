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
_FIGURES = ("loss", "perplexity", "chrf", "chrf_error")


@dataclass
class Kept:
    """The best epoch so far.

    Attributes:
      history: "loss" (with all that regularizes), "perplexity" (a token, of the validation split) and, by epoch too and
        missing without sacrebleu, "chrf" (0 to 1, of captions by the likeliest tokens) with its standard error,
        "chrf_error".
      weights: of the best epoch.
      epoch: the best, 1 or more; 0 before the first.
    """

    history: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in _FIGURES})
    weights: list[npt.NDArray[Any]] = field(default_factory=list)
    epoch: int = 0

    def add(self, figures: dict[str, float], weights: list[npt.NDArray[Any]]) -> None:
        """The next epoch. The best is the last whose chrF is not below the highest by more than a standard error.

        Of a few pictures the highest is mostly chance, and later weights are nearer to where the falling learning rate
        leads (after the one-standard-error rule of Breiman et al. 1984). Without captions the best is that of the
        lowest perplexity, which rises long before captions become worse: a network that is surer of its words than it
        should be says no others for that.
        """
        for key, value in figures.items():
            self.history[key].append(value)
        if self._is_best(figures):
            self.weights, self.epoch = weights, len(self.history["loss"])

    def _is_best(self, figures: dict[str, float]) -> bool:
        """Whether the epoch that was added last is the best."""
        if "chrf" not in figures:
            return figures["perplexity"] <= min(self.history["perplexity"])
        found = self.history["chrf"]
        highest = max(range(len(found)), key=found.__getitem__)
        return figures["chrf"] >= found[highest] - self.history["chrf_error"][highest]

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
        """The figures by name: "perplexity", and "chrf" with "chrf_error" where sacrebleu is installed."""
        # Once a picture, not once a caption and once more to say one.
        features = self._features()
        found = {"perplexity": math.exp(min(self._nats(features), 700.0))}
        if has_module("sacrebleu"):
            found |= self._chrf(features)
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

    def _chrf(self, features: npt.NDArray[np.float32]) -> dict[str, float]:
        """With its standard error, which is that of the mean over pictures."""
        from sacrebleu.metrics import CHRF

        options: CaptionOptions = self._trainer.options
        said = texts_of(self._tokenizer, greedy_of_features(self._trainer.network, options, features), options.level)
        metric = CHRF()
        each = [metric.sentence_score(*pair).score / 100.0 for pair in zip(said, self._references, strict=True)]
        error = float(np.std(each, ddof=1) / math.sqrt(len(each))) if len(each) > 1 else 0.0
        whole = float(metric.corpus_score(said, as_streams(self._references)).score) / 100.0
        return {"chrf": whole, "chrf_error": error}

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
