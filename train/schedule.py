"""How the learning rate goes, and how far back an average of the weights reaches."""

from __future__ import annotations

from typing import Any

import keras


def warm_cosine(learning_rate: float, steps: int, warmup: int) -> Any:
    """From a tenth of the rate up to it, then by a cosine down to zero at the last step (Loshchilov and Hutter 2017).

    Args:
      learning_rate: the greatest.
      steps: of the whole training.
      warmup: steps upwards; at most a tenth of all.
    """
    warmup = min(warmup, max(1, steps // 10))
    return keras.optimizers.schedules.CosineDecay(
        learning_rate / 10, max(1, steps - warmup), warmup_target=learning_rate, warmup_steps=warmup
    )


def averaging(momentum: float, batches: int) -> dict[str, Any]:
    """An optimizer's settings for a moving average of the weights.

    Args:
      momentum: of the average; 0: none.
      batches: of an epoch. An average over more than half of one would be of the beginning where data is short.
    """
    return {"use_ema": momentum > 0, "ema_momentum": min(momentum, max(0.0, 1.0 - 2.0 / batches))}


def averaged(momentum: float) -> list[Any]:
    """The callbacks by which epochs end, and are measured, with the averaged weights; none without an average."""
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if momentum > 0 else []
