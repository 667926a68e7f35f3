"""Fits a forecaster: once to find the number of epochs, once more on everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.spec.forecast import ForecastSpec
from edgernn.train.forecast.model import build_model, pinball
from edgernn.train.forecast.options import ForecastOptions
from edgernn.train.forecast.windows import Windows

_CLIP, _DECAY = 1.0, 1e-3
# After so many horizons, or so great a part of the longest series, an origin counts less by e.
_RECENT_HORIZONS, _RECENT_PART = 6, 0.5


class Listener(Protocol):
    """Is told how a fit goes."""

    def say(self, line: str) -> None:
        """A line for people."""

    def epoch(self, number: int, figures: dict[str, float]) -> None:
        """Epoch `number` (1 or more) has ended with these figures."""


@dataclass(frozen=True)
class Fitted:
    """A trained model, and the loss after each epoch ("loss", and "val_loss" where something was held out)."""

    model: Any
    history: dict[str, list[float]]


def fit(
    options: ForecastOptions,
    spec: ForecastSpec,
    train: Windows,
    validation: Windows | None,
    epochs: int,
    listener: Listener,
) -> Fitted:
    """Trains for so many epochs of the schedule that `options.epochs` makes.

    Args:
      options: model and training.
      spec: what the network takes and gives.
      train: origins to learn from.
      validation: origins to measure after each epoch, or None.
      epochs: at most `options.epochs`.
      listener: is told about epochs.
    """
    keras.utils.set_random_seed(options.seed)
    model = build_model(options, spec)
    steps = max(1, -(-len(train.series) // options.batch_size)) * options.epochs
    schedule = keras.optimizers.schedules.CosineDecay(options.learning_rate, steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=_DECAY, clipnorm=_CLIP)
    model.compile(optimizer, pinball(spec.quantiles))
    result = model.fit(
        [train.window, train.context],
        targets(train),
        sample_weight=origin_weights(train, spec),
        batch_size=options.batch_size,
        epochs=epochs,
        validation_data=([validation.window, validation.context], targets(validation)) if validation else None,
        verbose=0,
        callbacks=[_Tell(listener)],
    )
    bare = build_model(options, spec)  # without the optimizer's moments
    bare.set_weights(model.get_weights())
    return Fitted(bare, {name: [float(v) for v in values] for name, values in result.history.items()})


def targets(windows: Windows) -> npt.NDArray[np.float32]:
    """float32 [n, horizon, 2]: the values, and 1 where there is one."""
    known = ~np.isnan(windows.target)
    return np.stack([np.where(known, windows.target, 0.0), known], axis=-1).astype(np.float32)


def origin_weights(windows: Windows, spec: ForecastSpec) -> npt.NDArray[np.float32]:
    """Weights with a mean of 1.

    A series of many origins counts more than one of few, but not in proportion. Old origins count less: the world that
    will be forecast is more like that of late.
    """
    counts = np.bincount(windows.series)
    reach = max(_RECENT_HORIZONS * spec.horizon, _RECENT_PART * int(windows.left.max()))
    weights = np.exp(-windows.left / reach) / np.sqrt(counts[windows.series])
    return np.asarray(weights / weights.mean(), np.float32)


class _Tell(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self._listener = listener

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self._listener.epoch(epoch + 1, {name: float(value) for name, value in (logs or {}).items()})
